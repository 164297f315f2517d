import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { type Area, coveredOf, fillOf, floatOf, type Rect, stageOf } from './grid-layout.ts';
import { InviteTile } from './invite-tile.tsx';
import { PersonTile, ScreenTile } from './tiles.tsx';

/** Pixels between tiles, on a phone and on a desk. */
const GAP = { narrow: 8, wide: 12 };

function gapIn({ width }: Area): number {
  return width < 600 ? GAP.narrow : GAP.wide;
}

interface PeopleStageProps {
  readonly call: CallModel;
  readonly link: string;
  readonly onCopyLink: () => void;
}

/** Everybody, placed so that all are seen and each as large as can be. */
export function PeopleStage({ call, link, onCopyLink }: PeopleStageProps) {
  const t = useMessages();
  const stage = useRef<HTMLUListElement>(null);
  const area = useSignal<Area>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const measure = () => {
      area.value = { width: element.clientWidth, height: element.clientHeight };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const self = call.self.value;
  const others = call.others.value;
  const sharing = others.filter((person) => person.screen !== null);
  const places = placesOf(others.length, sharing.length, self.screen !== null, area.value);
  const ownScreenFloats = sharing.length === 0;
  const floating = [places.selfFloats && places.self, ownScreenFloats && places.ownScreen].filter(isRect);
  const coveredAt = (place: Rect | undefined) => (place === undefined ? 0 : coveredOf(place, floating));
  return (
    <main class="people">
      <ul ref={stage} aria-label={t.call.stage} data-count={others.length + 1} data-screens={sharing.length}>
        {sharing.map((person, index) => (
          <ScreenTile key={`screen-${person.key}`} person={person} place={places.screens[index]} />
        ))}
        {others.map((person, index) => (
          <PersonTile
            key={person.key}
            person={person}
            place={places.others[index]}
            covered={coveredAt(places.others[index])}
          />
        ))}
        <PersonTile
          key={self.key}
          person={self}
          place={places.self}
          floats={places.selfFloats}
          covered={places.selfFloats ? 0 : coveredAt(places.self)}
        />
        {self.screen !== null && (
          <ScreenTile person={self} place={places.ownScreen} floats={ownScreenFloats} />
        )}
        {others.length === 0 && <InviteTile link={link} place={places.invite} onCopyLink={onCopyLink} />}
      </ul>
    </main>
  );
}

function isRect(place: Rect | false | undefined): place is Rect {
  return typeof place === 'object';
}

interface Places {
  readonly screens: readonly Rect[];
  readonly others: readonly Rect[];
  readonly self: Rect | undefined;
  /** Over the other's picture. */
  readonly selfFloats: boolean;
  readonly ownScreen: Rect | undefined;
  readonly invite: Rect | undefined;
}

/**
 * Two people: the other fills the window, and oneself is small in a corner. One's own screen needs no more than a look
 * to be sure, so it moves nobody: it is small in the corner too, or a place among the people beside others' screens.
 */
function placesOf(others: number, screens: number, ownScreen: boolean, area: Area): Places {
  const gap = gapIn(area);
  if (others === 1 && screens === 0) {
    return {
      screens: [],
      others: [fillOf(area)],
      self: floatOf(0, area, gap),
      selfFloats: true,
      ownScreen: ownScreen ? floatOf(1, area, gap) : undefined,
      invite: undefined,
    };
  }
  const more = others === 0 || (ownScreen && screens > 0) ? 1 : 0;
  const stage = stageOf(screens, others + 1 + more, area, gap);
  const extra = stage.people[others + 1];
  return {
    screens: stage.screens,
    others: stage.people,
    self: stage.people[others],
    selfFloats: false,
    ownScreen: ownScreen ? (screens > 0 ? extra : floatOf(0, area, gap)) : undefined,
    invite: others === 0 ? extra : undefined,
  };
}
