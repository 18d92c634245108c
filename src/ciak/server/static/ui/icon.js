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
  close: 'm3.5 4.5 1-1L8 7l3.5-3.5 1 1L9 8l3.5 3.5-1 1L8 9l-3.5 3.5-1-1L7 8z',
};

export function icon(name, size = 16) {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('viewBox', '0 0 16 16');
  drawing.setAttribute('width', size);
  drawing.setAttribute('height', size);
  drawing.setAttribute('aria-hidden', 'true');
  drawing.setAttribute('fill', 'currentColor');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', SIGNS[name]);
  drawing.append(path);
  return drawing;
}
