/** The table that the suite prints. */
import type { Row } from './measure.js';

const columns = [
  'source',
  'what',
  'project',
  'preview wrong',
  'export wrong',
  'copied',
  'start ms',
  'worst ms',
  'spread ms',
  'PSNR dB',
  'colour off',
] as const;

function milliseconds(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

function cells(row: Row): readonly string[] {
  if (row.skipped !== null) return [row.source, row.about, `skipped: ${row.skipped}`];
  return [
    row.source,
    row.about,
    row.project,
    `${String(row.preview.wrong)} of ${String(row.preview.of)}`,
    `${String(row.exported.wrong)} of ${String(row.exported.of)}`,
    String(row.copied),
    milliseconds(row.startOffset),
    milliseconds(row.worstOffset),
    milliseconds(row.drift),
    row.likeness === null ? '–' : row.likeness.toFixed(1),
    row.colour === null ? '–' : row.colour.map((value) => value.toFixed(0)).join('/'),
  ];
}

/** One line a row, then what is wrong in words. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [[...columns], ...rows.map(cells)];
  const widths = columns.map((_, column) =>
    Math.max(
      ...lines.map((line) =>
        line.length > column && (column < 2 || line.length > 3) ? (line[column]?.length ?? 0) : 0,
      ),
    ),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const wrong = rows.flatMap(({ source, project, complaints }) =>
    complaints.map((complaint) => `✗ ${source} ${project}: ${complaint}`),
  );
  return [...text, ...wrong].join('\n');
}
