use satchel_images::{ImageError, Kind};

use crate::helpers::{assert_near, pixels, psnr, rendered, thumbnail, try_render};

#[test]
fn what_is_opaque_becomes_jpeg_and_what_is_not_becomes_png() {
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
fn sizes_come_largest_first_once_each_and_impossible_ones_not_at_all() {
    let sizes = |wanted: &[u32]| -> Vec<u32> {
        rendered("one_pixel.png", wanted).renditions.iter().map(|rendition| rendition.size).collect()
    };
    assert_eq!(sizes(&[16, 400, 0, 200, 400, 70_000]), [400, 200, 16]);
    assert_eq!(sizes(&[]), [0; 0]);
}

#[test]
fn a_small_picture_is_not_enlarged_and_a_thin_one_keeps_a_pixel() {
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
fn sixteen_bits_and_interlacing_change_nothing() {
    // orientation_1.jpg and interlaced.png hold the same scene as these.
    assert!(psnr(&thumbnail("sixteen_bit.png", 24), &thumbnail("orientation_1.jpg", 24)) > 28.0);
    let interlaced = thumbnail("interlaced.png", 75);
    assert_near(*interlaced.get_pixel(2, 2), [220, 30, 30]);
    assert_near(*interlaced.get_pixel(72, 47), [40, 60, 210]);
}

#[test]
fn bytes_count_and_not_names() {
    assert_eq!(try_render("text.jpg", &[200]).unwrap_err(), ImageError::NotAnImage(None));
    let page = try_render("page.png", &[200]).unwrap_err();
    assert_eq!(page, ImageError::NotAnImage(Some(Kind::Html)));
    assert_eq!(page.to_string(), "not an image: text/html");
}
