/** How many things cover the page at present. */
let locks = 0;

/**
 * Stops the page from scrolling while something covers it, and gives the space of the scrollbar to what covers it. The page
 * keeps its width and its position. Returns a function that ends this.
 */
export function lockScroll() {
  const { classList, style } = document.documentElement;
  // Without a margin, only the space of the scrollbar is missing.
  if (locks === 0) style.setProperty('--gutter', `${innerWidth - document.body.offsetWidth}px`);
  locks += 1;
  classList.add('scroll-locked');
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    locks -= 1;
    classList.toggle('scroll-locked', locks > 0);
  };
}
