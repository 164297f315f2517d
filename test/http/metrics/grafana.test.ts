import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SERIES } from '../../../src/http/metrics/metrics.ts';
import { startServer } from '../../support/server/server.ts';

const Source = v.object({ type: v.literal('prometheus'), uid: v.literal('$' + '{datasource}') });
const Target = v.looseObject({ expr: v.string(), legendFormat: v.string(), datasource: Source });
const Panel = v.looseObject({
  id: v.number(),
  type: v.string(),
  title: v.pipe(v.string(), v.minLength(1)),
  gridPos: v.object({ x: v.number(), y: v.number(), w: v.number(), h: v.number() }),
  targets: v.optional(v.array(Target), []),
});
const Dashboard = v.looseObject({
  title: v.literal('Parley'),
  schemaVersion: v.pipe(v.number(), v.minValue(36)),
  templating: v.object({ list: v.array(v.looseObject({ name: v.string(), type: v.string() })) }),
  annotations: v.object({ list: v.array(v.looseObject({ expr: v.optional(v.string()) })) }),
  panels: v.array(Panel),
});
const dashboard = v.parse(
  Dashboard,
  JSON.parse(readFileSync(new URL('../../../src/http/metrics/grafana.json', import.meta.url), 'utf8')),
);
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ ...target, panel: panel.title })));

/** The series that a query selects, and how it names them by `{{label}}`. */
interface Selector {
  readonly name: string;
  readonly matchers: readonly (readonly [label: string, operator: string, value: string])[];
}

const SELECTOR = /\b((?:parley|process|nodejs)_\w+)(?:\{([^}]*)\})?/g;

function selectorsIn(expr: string): Selector[] {
  return [...expr.matchAll(SELECTOR)].map(([, name = '', inside = '']) => ({
    name,
    matchers: [...inside.matchAll(/(\w+)(=~|=)"([^"]*)"/g)].map(
      ([, label = '', operator = '', value = '']) => [label, operator, value] as const,
    ),
  }));
}

/** Labels of every sample, by series. */
async function scrape(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>[]>> {
  const server = await startServer();
  onTestFinished(() => server.close());
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const found = new Map<string, ReadonlyMap<string, string>[]>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(
      ([, label = '', value = '']) => [label, value] as const,
    );
    found.set(name, [...(found.get(name) ?? []), new Map(pairs)]);
  }
  return found;
}

function matches(labels: ReadonlyMap<string, string>, { matchers }: Selector): boolean {
  return matchers.every(([label, operator, value]) => {
    const has = labels.get(label);
    if (has === undefined) return false;
    return operator === '=' ? has === value : new RegExp(`^(${value})$`).test(has);
  });
}

describe('the dashboard', () => {
  it('finds the series of every query, by name and labels, in what a server has just exported', async () => {
    const exported = await scrape();
    const queries = [
      ...targets,
      ...dashboard.annotations.list.map(({ expr }) => ({ expr, panel: 'annotation' })),
    ];
    for (const { expr = '', panel } of queries.filter(({ expr }) => expr !== undefined)) {
      const selectors = selectorsIn(expr);
      expect([panel, selectors.length]).not.toEqual([panel, 0]);
      for (const selector of selectors) {
        const found = (exported.get(selector.name) ?? []).filter((labels) => matches(labels, selector));
        expect([panel, expr, found.length > 0]).toEqual([panel, expr, true]);
      }
      const [{ name = '' } = {}] = selectors;
      const [labels = new Map()] = exported.get(name) ?? [];
      for (const [, label = ''] of expr.matchAll(/\bby \((\w+)\)/g)) {
        expect([panel, label, labels.has(label)]).toEqual([panel, label, true]);
      }
    }
  });

  it('names the lines of a query by a label that the query keeps', () => {
    for (const { expr, legendFormat, panel } of targets) {
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect([panel, expr]).toEqual([panel, expect.stringContaining(`by (${label})`)]);
      }
    }
  });

  it('shows every series of ours, counters as rates', () => {
    const shown = new Set(targets.flatMap(({ expr }) => selectorsIn(expr).map(({ name }) => name)));
    expect(SERIES.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
    for (const { expr } of targets) {
      for (const { name } of selectorsIn(expr)) {
        const isCounter = name.endsWith('_total');
        expect([expr, /\b(rate|increase)\(/.test(expr)]).toEqual([expr, isCounter]);
      }
    }
  });

  it('has rows for calls, signaling, relay, web and server, without gaps or overlaps', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual(['Calls', 'Signaling', 'Relay', 'Web', 'Server']);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells.has(`${x} ${y}`)).toBe(false);
          cells.add(`${x} ${y}`);
        }
      }
    }
    const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(cells.size).toBe(24 * bottom);
  });

  it('lets one choose the Prometheus', () => {
    expect(dashboard.templating.list).toMatchObject([{ name: 'datasource', type: 'datasource' }]);
  });
});
