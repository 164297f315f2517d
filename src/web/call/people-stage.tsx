import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { type Area, stageOf } from './grid-layout.ts';
import { InviteTile } from './invite-tile.tsx';
import { PersonTile, ScreenTile } from './tiles.tsx';

/** Pixels between tiles, on a phone and on a desk. */
const GAP = { narrow: 8, wide: 12 };

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

  const people = [...call.others.value, call.self.value];
  const sharing = people.filter((person) => person.screen !== null);
  const alone = people.length === 1;
  const gap = area.value.width < 600 ? GAP.narrow : GAP.wide;
  const places = stageOf(sharing.length, people.length + (alone ? 1 : 0), area.value, gap);
  return (
    <main class="people">
      <ul ref={stage} aria-label={t.call.stage} data-count={people.length} data-screens={sharing.length}>
        {sharing.map((person, index) => (
          <ScreenTile key={`screen-${person.key}`} person={person} place={places.screens[index]} />
        ))}
        {people.map((person, index) => (
          <PersonTile key={person.key} person={person} place={places.people[index]} />
        ))}
        {alone && <InviteTile link={link} place={places.people[1]} onCopyLink={onCopyLink} />}
      </ul>
    </main>
  );
}
