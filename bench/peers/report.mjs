// Results as text.

export function milliseconds(nanoseconds) {
  return (nanoseconds / 1e6).toFixed(2);
}

/** Aligned columns, the first to the left, the others to the right. */
export function table(titles, rows) {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const aligned = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  return lines.map((line) => line.map(aligned).join('  ').trimEnd()).join('\n');
}

/** "1.64-1.69" */
export function range(values) {
  return `${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}`;
}

/** Objects with the same keys, as CSV with a line of titles. */
export function csv(rows) {
  const lines = [Object.keys(rows[0]), ...rows.map(Object.values)];
  return lines.map((line) => line.join(',')).join('\n') + '\n';
}
