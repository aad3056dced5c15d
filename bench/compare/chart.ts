import { html, renderHtml, type SafeHtml } from '../../src/platform/html.ts';
import type { Row } from './results.ts';

const titles: Record<Row['measure'], string> = {
  W1: 'W1: who is calling',
  W2: 'W2: a page of 20 users',
  W3: 'W3: the same with three sessions each',
  W4: 'W4: nothing but the type of the query',
  W5: 'W5: who is calling, while others sign in',
};

const width = 760;
const labelWidth = 190;
const barWidth = 430;
const barHeight = 14;
const lineHeight = 20;
const headingHeight = 34;
const captionHeight = 16;

/** Draws how many requests each system answers in comparison with the floor, as an SVG. */
export function drawChart(rows: readonly Row[], caption: readonly string[]): string {
  const most = Math.max(1, ...rows.map(({ rateOfFloor }) => rateOfFloor?.max ?? 0));
  const scale = barWidth / most;
  const systems = [...new Set(rows.map(({ system }) => system))];
  const colorOf = (system: string) => {
    const hue = Math.round((systems.indexOf(system) * 360) / systems.length);
    return `hsl(${hue} 45% 50%)`;
  };
  const parts: SafeHtml[] = [];
  let top = headingHeight;
  for (const measure of new Set(rows.map((row) => row.measure))) {
    const own = rows.filter((row) => row.measure === measure);
    parts.push(
      html`<text x="10" y="${top}" font-weight="bold">${titles[measure]}</text>`,
      html`<line x1="${labelWidth + scale}" x2="${labelWidth + scale}" y1="${top + 6}" y2="${top + 8 + own.length * lineHeight}" stroke="#888" stroke-dasharray="3 3"/>`,
    );
    for (const row of own) {
      parts.push(drawBar(row, top + 10, scale, colorOf(row.system)));
      top += lineHeight;
    }
    top += headingHeight;
  }
  return renderHtml(html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + caption.length * captionHeight}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
${parts.map((part) => [part, '\n'])}${caption.map((line, index) => html`<text x="10" y="${top + index * captionHeight}" font-size="11" fill="#555">${line}</text>`)}
</svg>
`);
}

function drawBar(
  { system, rateOfFloor, disqualified }: Row,
  top: number,
  scale: number,
  color: string,
) {
  const baseline = top + barHeight - 3;
  const label = html`<text x="${labelWidth - 8}" y="${baseline}" text-anchor="end">${system}</text>`;
  if (rateOfFloor === null) {
    const reason = disqualified === null ? 'not compared' : 'disqualified';
    return html`${label}<text x="${labelWidth + 6}" y="${baseline}" fill="#b00">${reason}</text>`;
  }
  const { median, min, max } = rateOfFloor;
  const at = (ratio: number) => (labelWidth + ratio * scale).toFixed(1);
  const middle = top + barHeight / 2;
  return html`${label}<rect x="${labelWidth}" y="${top}" width="${(median * scale).toFixed(1)}" height="${barHeight}" fill="${color}"/><line x1="${at(min)}" x2="${at(max)}" y1="${middle}" y2="${middle}" stroke="#222"/><text x="${labelWidth + max * scale + 8}" y="${baseline}">${median.toFixed(2)}</text>`;
}
