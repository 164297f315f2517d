import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { type Area, coveredWidth, fillingRect, floatingRect, layoutStage, type Rect } from './grid-layout.ts';
import { InviteTile } from './invite-tile.tsx';
import { PersonTile, ScreenTile } from './tiles.tsx';

/** Pixels between tiles, on phones and on wider screens. */
const GAP = { narrow: 8, wide: 12 };

function gapIn({ width }: Area): number {
  return width < 600 ? GAP.narrow : GAP.wide;
}

interface PeopleStageProps {
  readonly call: CallModel;
  readonly link: string;
  readonly onShareLink: () => void;
}

/** Lays out the tiles of all people and screens, as large as fits. */
export function PeopleStage({ call, link, onShareLink }: PeopleStageProps) {
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
  const layout = arrange(others.length, sharing.length, self.screen !== null, area.value);
  const ownScreenFloats = sharing.length === 0;
  const floating = [layout.selfFloats && layout.self, ownScreenFloats && layout.ownScreen].filter(isRect);
  const coveredAt = (rect: Rect | undefined) => (rect === undefined ? 0 : coveredWidth(rect, floating));
  return (
    <main class="people">
      <ul ref={stage} aria-label={t.call.stage} data-count={others.length + 1} data-screens={sharing.length}>
        {sharing.map((person, index) => (
          <ScreenTile key={`screen-${person.key}`} person={person} rect={layout.screens[index]} />
        ))}
        {others.map((person, index) => (
          <PersonTile
            key={person.key}
            person={person}
            hosting={call.hosting}
            rect={layout.others[index]}
            covered={coveredAt(layout.others[index])}
          />
        ))}
        <PersonTile
          key={self.key}
          person={self}
          rect={layout.self}
          floats={layout.selfFloats}
          covered={layout.selfFloats ? 0 : coveredAt(layout.self)}
        />
        {self.screen !== null && (
          <ScreenTile person={self} rect={layout.ownScreen} floats={ownScreenFloats} />
        )}
        {others.length === 0 && <InviteTile link={link} rect={layout.invite} onShareLink={onShareLink} />}
      </ul>
    </main>
  );
}

function isRect(rect: Rect | false | undefined): rect is Rect {
  return typeof rect === 'object';
}

interface Arrangement {
  readonly screens: readonly Rect[];
  readonly others: readonly Rect[];
  readonly self: Rect | undefined;
  /** Whether the self-view lies over the other person's picture. */
  readonly selfFloats: boolean;
  readonly ownScreen: Rect | undefined;
  readonly invite: Rect | undefined;
}

/**
 * With two people, the other fills the window and the self-view floats in a corner. One's own screen share floats too,
 * so that starting it doesn't move the other tiles; next to other people's screens it gets a tile.
 */
function arrange(others: number, screens: number, ownScreen: boolean, area: Area): Arrangement {
  const gap = gapIn(area);
  if (others === 1 && screens === 0) {
    return {
      screens: [],
      others: [fillingRect(area)],
      self: floatingRect(0, area, gap),
      selfFloats: true,
      ownScreen: ownScreen ? floatingRect(1, area, gap) : undefined,
      invite: undefined,
    };
  }
  const more = others === 0 || (ownScreen && screens > 0) ? 1 : 0;
  const stage = layoutStage(screens, others + 1 + more, area, gap);
  const extra = stage.people[others + 1];
  return {
    screens: stage.screens,
    others: stage.people,
    self: stage.people[others],
    selfFloats: false,
    ownScreen: ownScreen ? (screens > 0 ? extra : floatingRect(0, area, gap)) : undefined,
    invite: others === 0 ? extra : undefined,
  };
}
