// The few signs of the studio, drawn on a 16-unit grid in the colour of the text around them.

const SIGNS = {
  play: 'M4 2.5v11l9.5-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  back: 'M11.5 3v10L5 8zM3 3h1.5v10H3z',
  forth: 'M4.5 3v10L11 8zM11.5 3H13v10h-1.5z',
  sound: 'M2 6v4h2.5L8 13V3L4.5 6zM10 5.3c1.7 1 1.7 4.4 0 5.4zM10 2.8c4.5 1 4.5 9.4 0 10.4v-1.3c3-1 3-6.8 0-7.8z',
  silent: 'M2 6v4h2.5L8 13V3L4.5 6zM10 6l4 4-.8.8-4-4zM14 6l-4 4-.8-.8 4-4z',
  full: 'M2 2h5v1.5H3.5V7H2zM14 14H9v-1.5h3.5V9H14z',
  light: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM7.3 1h1.4v2.5H7.3zM7.3 12.5h1.4V15H7.3zM1 7.3h2.5v1.4H1zM12.5 7.3H15v1.4h-2.5z',
  dark: 'M6.5 2A6 6 0 1 0 14 9.5 5 5 0 0 1 6.5 2z',
  flag: 'M3 2h1.5v12H3zM5.5 2.5H13L11 5.5l2 3H5.5z',
  undo: 'M6 3v2.5h3.5a4 4 0 0 1 0 8H5V12h4.5a2.5 2.5 0 0 0 0-5H6v2.5L2 6.25z',
  redo: 'M10 3v2.5H6.5a4 4 0 0 0 0 8H11V12H6.5a2.5 2.5 0 0 1 0-5H10v2.5l4-3.25z',
  snap: 'M3 2h3v6a2 2 0 0 0 4 0V2h3v6A5 5 0 0 1 3 8zM3 4.5h3v1.2H3zM10 4.5h3v1.2h-3z',
  nearer: 'M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z',
  farther: 'M3 7.2h10v1.6H3z',
  fit: 'M2 4h1.5v8H2zM12.5 4H14v8h-1.5zM5 8l2.5-2.5v1.7h1V5.5L11 8l-2.5 2.5V8.8h-1v1.7z',
  lock: 'M5 7V5a3 3 0 0 1 6 0v2h1v7H4V7zm1.5 0h3V5a1.5 1.5 0 0 0-3 0z',
  words: 'M2 3h12v10H2zm2 3v1.3h4V6zm5.5 0v1.3H12V6zM4 9v1.3h2.5V9zm4 0v1.3h4V9z',
  voice: 'M8 1.5a2.2 2.2 0 0 1 2.2 2.2v4a2.2 2.2 0 0 1-4.4 0v-4A2.2 2.2 0 0 1 8 1.5zM3.7 7.3h1.4a2.9 2.9 0 0 0 5.8 0h1.4a4.3 4.3 0 0 1-3.6 4.2V14H7.3v-2.5a4.3 4.3 0 0 1-3.6-4.2z',
  film: 'M2 3h12v10H2zm1.5 1.5v1.2h1.2V4.5zm0 3v1.2h1.2V7.5zm0 3v1.2h1.2v-1.2zm7.8-6v1.2h1.2V4.5zm0 3v1.2h1.2V7.5zm0 3v1.2h1.2v-1.2z',
  close: 'm3.5 4.5 1-1L8 7l3.5-3.5 1 1L9 8l3.5 3.5-1 1L8 9l-3.5 3.5-1-1L7 8z',
};

/** One node, so that a page of a long film stays small: a box of the text's colour, cut to the sign. */
export function icon(name, size = 16) {
  const sign = document.createElement('i');
  sign.className = 'icon';
  sign.setAttribute('aria-hidden', 'true');
  sign.style.clipPath = `path("${SIGNS[name]}")`;
  if (size !== 16) sign.style.zoom = size / 16;
  return sign;
}
