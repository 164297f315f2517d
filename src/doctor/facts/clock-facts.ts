import { probe, type Reached } from '../io/http-probe.ts';
import type { ClockComparison, ClockFacts, Facts } from './facts.ts';
import { PUBLIC_MS } from './public-facts.ts';

/** Max milliseconds that clocks may differ: beyond it, certificates and TURN credentials begin to fail. */
export const CLOCK_TOLERANCE_MS = 30_000;

/** Compares this machine's clock with the Date that others send. */
export async function compareClocks({
  environment,
  settings,
  clock,
  publicUrl,
}: Pick<Facts, 'environment' | 'settings' | 'clock' | 'publicUrl'>): Promise<ClockFacts> {
  const sources: (readonly [setting: string, ask: () => Promise<Reached | undefined>])[] = [];
  const { tls } = settings.config;
  // Let's Encrypt isn't asked by those who don't use it.
  const directory = tls?.source.kind === 'acme' ? tls.source.directory : environment['ACME_DIRECTORY'];
  sources.push([
    'PUBLIC_URL',
    async () => {
      const found = await publicUrl();
      return found.kind === 'resolved' ? found.reached : undefined;
    },
  ]);
  if (directory && URL.canParse(directory)) {
    sources.push(['ACME_DIRECTORY', () => probe({ url: new URL(directory), timeoutMs: PUBLIC_MS })]);
  }
  const comparisons: ClockComparison[] = [];
  const silent: string[] = [];
  await Promise.all(
    sources.map(async ([setting, ask]) => {
      const reached = await ask();
      if (reached === undefined) return;
      const said = reached.kind === 'answered' ? Date.parse(reached.headers.get('date') ?? '') : Number.NaN;
      if (Number.isNaN(said)) silent.push(setting);
      else comparisons.push({ setting, aheadMs: clock.now() - said });
    }),
  );
  const off = comparisons.find(({ aheadMs }) => Math.abs(aheadMs) > CLOCK_TOLERANCE_MS);
  return {
    comparisons,
    silent,
    isOff: off !== undefined,
    now: () => clock.now() - (off?.aheadMs ?? 0),
    own: clock.now,
  };
}
