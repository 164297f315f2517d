import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import { type Arrangement, arrange, screenKey } from './arrange.ts';
import type { CallModel } from './call-model.ts';
import { type Area, coveredWidth, type Rect } from './grid-layout.ts';
import { InviteTile } from './invite-tile.tsx';
import { measurePicture } from './shown/shown-pictures.ts';
import { PersonTile, ScreenTile } from './tiles.tsx';
import type { ViewSettings } from './view-settings.ts';

interface PeopleStageProps {
  readonly call: CallModel;
  readonly view: ViewSettings;
  /** Null if there is none to send. */
  readonly link: string | null;
  readonly onShareLink: () => void;
}

/** Lays out the tiles of all people and screens, as large as fits and as this person wants to see them. */
export function PeopleStage({ call, view, link, onShareLink }: PeopleStageProps) {
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
  const layout = arrange(
    {
      screens: sharing.map(({ key }) => screenKey(key)),
      others: others.map(({ key }) => key),
      self: others.length === 0 || !view.hidesSelf.value,
      ownScreen: self.screen !== null,
      focus: focusOf(call, view, sharing.length > 0),
    },
    area.value,
  );
  const tile = (key: string) => ({ ...placeOf(key, layout), tileKey: key, view });
  const order = new Map(call.raised.value.map(({ key }, index) => [key, index + 1]));
  const reactions = call.reactions.shown.value;
  const person = (key: string) => ({
    ...tile(key),
    handOrder: order.get(key) ?? null,
    reactions: reactions.filter((reaction) => reaction.key === key),
  });
  return (
    <main class="people">
      <ul ref={stage} aria-label={t.call.stage} data-count={others.length + 1} data-screens={sharing.length}>
        {sharing.map((one) => (
          <ScreenTile
            key={screenKey(one.key)}
            person={one}
            {...tile(screenKey(one.key))}
            measure={measurePicture(call, one.key, 'screen')}
          />
        ))}
        {others.map((one) => (
          <PersonTile
            key={one.key}
            person={one}
            hosting={call.hosting}
            {...person(one.key)}
            measure={measurePicture(call, one.key, 'camera')}
          />
        ))}
        <PersonTile
          key={self.key}
          person={self}
          {...person(self.key)}
          soundOnly={call.uplink.limit.value === 'sound'}
        />
        {self.screen !== null && <ScreenTile person={self} {...tile(screenKey(self.key))} />}
        {others.length === 0 && (
          <InviteTile link={link} rect={layout.rects.get('invite')} onShareLink={onShareLink} />
        )}
      </ul>
    </main>
  );
}

/** The tile to show large: the pinned one, if it is still there; else the speaker, unless a screen is large already. */
function focusOf(call: CallModel, { pinned, layout }: ViewSettings, isShown: boolean): string | null {
  const others = call.others.value;
  const all = [call.self.value, ...others];
  const keys = all.flatMap(({ key, screen }) => (screen === null ? [key] : [key, screenKey(key)]));
  if (others.length === 0) return null;
  if (pinned.value !== null && keys.includes(pinned.value)) return pinned.value;
  return layout.value === 'speaker' && !isShown ? call.speaker.value : null;
}

interface Place {
  readonly rect: Rect | undefined;
  readonly floats: boolean;
  /** Width (px) of the lower edge, from the right, that floating tiles cover. */
  readonly covered: number;
}

function placeOf(key: string, { rects, floating }: Arrangement): Place {
  const rect = rects.get(key);
  const floats = floating.has(key);
  const over = [...floating].flatMap((one) => rects.get(one) ?? []);
  return { rect, floats, covered: rect === undefined || floats ? 0 : coveredWidth(rect, over) };
}
