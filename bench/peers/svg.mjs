// Charts as self-contained SVG: horizontal bars and dots, a row per layer or network.

const FONT = 'font-family="sans-serif" font-size="12"';
const COLOURS = ['#1f6feb', '#e8710a', '#2da44e', '#8250df', '#cf222e', '#6e7781', '#bf8700', '#0a7ea4', '#d63384',
  '#57606a', '#1a7f37', '#953800'];
const LEFT = 330;
const WIDTH = 1100;
const PLOT = WIDTH - LEFT - 90;
const TOP = 60;

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

function text(x, y, content, more = '') {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(content)}</text>`;
}

/** 1, 2 or 5 times a power of ten, so that about six of them make `largest`. */
function tick(largest) {
  const rough = largest / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
}

function frame(title, unit, names, largest, height, body) {
  const step = tick(largest);
  const lines = [];
  for (let value = 0; value <= largest * 1.0001; value += step) {
    const x = LEFT + (PLOT * value) / largest;
    lines.push(`<line x1="${x}" y1="${TOP}" x2="${x}" y2="${height - 30}" stroke="#d0d7de"/>`,
      text(x, height - 14, Number(value.toPrecision(6)), 'text-anchor="middle" fill="#57606a"'));
  }
  const keys = names.map((name, i) => {
    const x = LEFT + (i % 6) * 130;
    const y = 34 + 14 * Math.floor(i / 6);
    return `<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${COLOURS[i % COLOURS.length]}"/>` +
      text(x + 14, y, name);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ${FONT}>\n` +
    `<rect width="100%" height="100%" fill="white"/>\n${text(10, 20, `${title} (${unit})`, 'font-weight="bold"')}\n` +
    `${[...keys, ...lines, ...body].join('\n')}\n</svg>\n`;
}

/** rows: [{ name, bars: [{ name, value, label }] }]; bars of one name have one colour. */
export function barChart({ title, unit, rows }) {
  const names = [...new Set(rows.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  const largest = Math.max(...rows.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const body = [];
  let y = TOP + 8;
  for (const { name, bars } of rows) {
    body.push(text(LEFT - 8, y + 7 * bars.length + 3, name, 'text-anchor="end"'));
    for (const bar of bars) {
      const width = (PLOT * bar.value) / largest;
      body.push(`<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="12" fill="` +
        `${COLOURS[names.indexOf(bar.name) % COLOURS.length]}"/>`,
      text(LEFT + width + 4, y + 10, bar.label, 'fill="#24292f" font-size="10"'));
      y += 14;
    }
    y += 8;
  }
  return frame(title, unit, names, largest, y + 40, body);
}

/** rows: [{ name, dots: [{ name, value, label }] }]; the dot with the largest value gets its label written. */
export function dotChart({ title, unit, rows }) {
  const names = [...new Set(rows.flatMap(({ dots }) => dots.map(({ name }) => name)))].sort();
  const largest = Math.max(...rows.flatMap(({ dots }) => dots.map(({ value }) => value)));
  const top = 16 + 14 * Math.ceil(names.length / 6);
  const body = rows.flatMap(({ name, dots }, i) => {
    const y = TOP + top + 24 * i;
    const x = ({ value }) => LEFT + (PLOT * value) / largest;
    const best = dots.reduce((a, b) => (b.value > a.value ? b : a));
    return [
      text(LEFT - 8, y + 4, name, 'text-anchor="end"'),
      ...dots.map((dot) => `<circle cx="${x(dot).toFixed(1)}" cy="${y}" r="4" fill-opacity="0.7" fill="` +
        `${COLOURS[names.indexOf(dot.name) % COLOURS.length]}"><title>${escaped(dot.label)}</title></circle>`),
      text(Math.min(x(best) + 7, WIDTH - 230), y + 4, best.label, 'font-size="10"'),
    ];
  });
  return frame(title, unit, names, largest, TOP + top + 24 * rows.length + 40, body);
}
