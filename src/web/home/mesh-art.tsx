import { useMessages } from '../i18n/messages.ts';

/** Five people in a circle: the centre of each tile on a 520×480 canvas, and its colour. */
const PEOPLE = [
  { x: 262, y: 92, colour: 'a', size: 1.12 },
  { x: 432, y: 196, colour: 'b', size: 0.94 },
  { x: 376, y: 376, colour: 'c', size: 1.04 },
  { x: 152, y: 384, colour: 'd', size: 0.9 },
  { x: 88, y: 208, colour: 'e', size: 1.02 },
] as const;

const LINES = PEOPLE.flatMap((from, index) =>
  PEOPLE.slice(index + 1).map((to) => ({ id: `${from.colour}${to.colour}`, from, to })),
);

/** The product in a picture: everybody is connected to everybody, with nothing in the middle. */
export function MeshArt() {
  const t = useMessages();
  return (
    <svg class="mesh" viewBox="0 0 520 480" role="img" aria-label={t.home.art}>
      {LINES.map(({ id, from, to }, index) => (
        <g key={id}>
          <line class="wire" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
          <line
            class={`pulse pulse-${index % 5}`}
            pathLength={100}
            x1={index % 2 === 0 ? from.x : to.x}
            y1={index % 2 === 0 ? from.y : to.y}
            x2={index % 2 === 0 ? to.x : from.x}
            y2={index % 2 === 0 ? to.y : from.y}
          />
        </g>
      ))}
      {PEOPLE.map(({ x, y, colour, size }) => (
        <g key={colour} class={`person ${colour}`} transform={`translate(${x} ${y}) scale(${size})`}>
          <rect class="halo" x={-66} y={-53} width={132} height={106} rx={26} />
          <rect class="card" x={-58} y={-45} width={116} height={90} rx={19} />
          <g class="figure">
            <circle cy={-9} r={16} />
            <path d="M-33 45c1-20 14-30 33-30s32 10 33 30z" />
          </g>
          {colour === 'c' && <rect class="ring" x={-58} y={-45} width={116} height={90} rx={19} />}
        </g>
      ))}
    </svg>
  );
}
