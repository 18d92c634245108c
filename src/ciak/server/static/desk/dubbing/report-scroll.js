// Lets a windowed list scroll with the page it stands in: the list looks to `Windowed` as if it scrolled itself.

/** `list` stands somewhere in `scroller`, below a head of `head` pixels that sticks to its top. */
export function scrollsWith(list, scroller, head = 0) {
  const top = () => list.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  Object.defineProperties(list, {
    scrollTop: { get: () => head - top() },
    clientHeight: { get: () => Math.max(0, scroller.clientHeight - head) },
    scrollTo: { value: ({ top: wanted, behavior }) => scroller.scrollTo({ top: scroller.scrollTop + top() - head + wanted, behavior }) },
  });
  const pass = () => list.dispatchEvent(new Event('scroll'));
  scroller.addEventListener('scroll', pass, { passive: true });
  new ResizeObserver(pass).observe(scroller);
}
