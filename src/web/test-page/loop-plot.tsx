import type { ConnectionLoop } from '../../client/index.ts';
import { useTestMessages } from '../i18n/test-messages.ts';

/** What the loopback sends, and how many half seconds it takes. */
const FULL_KBIT = 640;
const SLOTS = 10;
/** Size in user units; the style sheet stretches it. */
const [SLOT, HEIGHT, BAR] = [12, 40, 9];

/** kbit/s of each half second, as bars that grow from the left. */
export function LoopPlot({ loop }: { readonly loop: ConnectionLoop }) {
  const t = useTestMessages();
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${SLOT * SLOTS} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t.plot(loop.kbitPerSecond)}
    >
      <line x1="0" x2={SLOT * SLOTS} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {loop.history.slice(-SLOTS).map((kbit, slot) => {
        const height = Math.min(1, kbit / FULL_KBIT) * (HEIGHT - 2);
        // Bars never change their place: the slot is their identity.
        return <rect key={slot} x={slot * SLOT + 1} y={HEIGHT - height} width={BAR} height={height} />;
      })}
    </svg>
  );
}
