import type { Readings, Sample, Series } from './series.ts';

/** The text format of Prometheus, version 0.0.4. */
export function inText(all: readonly Series[], readings: Readings): string {
  return all.map((series) => seriesText(series, series.samples(readings))).join('');
}

function seriesText({ name, type, help }: Series, samples: readonly Sample[]): string {
  const lines = samples.map(([value, labels]) => `${name}${inBraces(labels)} ${value}`);
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function inBraces(labels: Sample[1]): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
