// Saves a plot: SVG that any viewer shows, PNG at twice its size, CSV that spreadsheets open and never run.
import { draw, place, s } from './plot-draw.js';

const HEAD = 56;
const MARGIN = 16;
const MOST = 80;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const DANGER = /^'*[\s\u0085]*[=+\-@\t\r＝＋－＠]/;

/** A name that every file system takes: letters and digits of any script, the rest as one hyphen. */
export function fileName(parts, ending) {
  const name = parts.filter(Boolean).join('-').normalize('NFC').replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return `${[...name].slice(0, MOST).join('') || 'plot'}.${ending}`;
}

/** A cell as RFC 4180 wants it; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value) {
  const text = String(value ?? '').replace(CONTROLS, '');
  const safe = DANGER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows of cells as CSV with a byte order mark. */
export function csv(rows) {
  return `\ufeff${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** The plot with its title, on the theme's paper, with no style but its own. */
export function standalone(data, { width, height, paint, family, condensed, told }) {
  const size = { width: width + 2 * MARGIN, height: height + HEAD + MARGIN };
  const root = s('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${size.width} ${size.height}`, ...size, role: 'img', 'font-family': family });
  const line = (text, y, given) => {
    const node = s('text', { x: MARGIN, y, ...given });
    node.textContent = text;
    return node;
  };
  const title = s('title');
  title.textContent = told;
  root.append(title, s('rect', { ...size, fill: paint('paper') }),
    line(data.title, 28, { fill: paint('text'), 'font-family': condensed, 'font-size': 16 }),
    line(data.summary, 48, { fill: paint('quiet'), 'font-size': 12 }),
    s('g', { transform: `translate(${MARGIN} ${HEAD})` }, draw(data, place(data, { width, height }), paint)));
  return { root, ...size };
}

export function svgBlob(root) {
  const text = new XMLSerializer().serializeToString(root).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`], { type: 'image/svg+xml' });
}

export async function pngBlob(root, width, height, times = 2) {
  const address = URL.createObjectURL(svgBlob(root));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * times;
    canvas.height = height * times;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, refuse) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : refuse(new Error('no-picture'))), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
