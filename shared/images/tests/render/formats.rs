use satchel_images::{ImageError, Kind};

use crate::helpers::{assert_near, pixels, psnr, rendered, thumbnail, try_render};

#[test]
fn opaque_pictures_become_jpeg_and_others_png() {
    let of = |name| {
        let rendition = rendered(name, &[50]).renditions.remove(0);
        (rendition.content_type, rendition.extension)
    };
    for opaque in ["photo.jpg", "opaque_alpha.png", "sixteen_bit.png", "animated.webp", "animated.gif"] {
        assert_eq!(of(opaque), ("image/jpeg", "jpg"), "{opaque}");
    }
    for transparent in ["transparent.png", "palette.png", "transparent.webp"] {
        assert_eq!(of(transparent), ("image/png", "png"), "{transparent}");
    }
}

#[test]
fn sizes_are_sorted_and_deduplicated_and_invalid_ones_are_ignored() {
    let sizes = |wanted: &[u32]| -> Vec<u32> {
        rendered("one_pixel.png", wanted).renditions.iter().map(|rendition| rendition.size).collect()
    };
    assert_eq!(sizes(&[16, 400, 0, 200, 400, 70_000]), [400, 200, 16]);
    assert_eq!(sizes(&[]), [0; 0]);
}

#[test]
fn a_small_picture_is_not_enlarged_and_a_thin_one_keeps_one_pixel() {
    let one = rendered("one_pixel.png", &[200]);
    assert_eq!((one.width, one.height, one.renditions[0].width, one.renditions[0].height), (1, 1, 1, 1));
    assert_near(*pixels(&one.renditions[0]).get_pixel(0, 0), [10, 20, 30]);
    let wide = rendered("wide.png", &[200]);
    assert_eq!((wide.renditions[0].width, wide.renditions[0].height), (200, 1));
    assert_near(*pixels(&wide.renditions[0]).get_pixel(199, 0), [10, 20, 30]);
}

#[test]
fn an_animation_shows_its_first_frame() {
    for (name, format) in
        [("animated.gif", Kind::Gif), ("animated.webp", Kind::WebP), ("animated.png", Kind::Png)]
    {
        let rendered = rendered(name, &[45]);
        assert_eq!((rendered.format, rendered.width, rendered.height), (format, 90, 60));
        assert_near(*pixels(&rendered.renditions[0]).get_pixel(20, 15), [255, 0, 0]);
    }
}

#[test]
fn sixteen_bits_and_interlacing_do_not_change_the_picture() {
    // orientation_1.jpg and interlaced.png show the same scene.
    assert!(psnr(&thumbnail("sixteen_bit.png", 24), &thumbnail("orientation_1.jpg", 24)) > 28.0);
    let interlaced = thumbnail("interlaced.png", 75);
    assert_near(*interlaced.get_pixel(2, 2), [220, 30, 30]);
    assert_near(*interlaced.get_pixel(72, 47), [40, 60, 210]);
}

#[test]
fn the_bytes_determine_the_type_and_not_the_name() {
    assert_eq!(try_render("text.jpg", &[200]).unwrap_err(), ImageError::NotAnImage(None));
    let page = try_render("page.png", &[200]).unwrap_err();
    assert_eq!(page, ImageError::NotAnImage(Some(Kind::Html)));
    assert_eq!(page.to_string(), "not an image: text/html");
}
