import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { type Area, stageOf } from './grid-layout.ts';
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
  const people = [...call.others.value, self];
  const sharing = call.others.value.filter((person) => person.screen !== null);
  const alone = people.length === 1;
  // One's own screen needs no more than a look to be sure: it takes a place among the people.
  const places = stageOf(
    sharing.length,
    people.length + (self.screen === null ? 0 : 1) + (alone ? 1 : 0),
    area.value,
    gapIn(area.value),
  );
  return (
    <main class="people">
      <ul ref={stage} aria-label={t.call.stage} data-count={people.length} data-screens={sharing.length}>
        {sharing.map((person, index) => (
          <ScreenTile key={`screen-${person.key}`} person={person} place={places.screens[index]} />
        ))}
        {people.map((person, index) => (
          <PersonTile key={person.key} person={person} place={places.people[index]} />
        ))}
        {self.screen !== null && <ScreenTile person={self} place={places.people[people.length]} />}
        {alone && <InviteTile link={link} place={places.people.at(-1)} onCopyLink={onCopyLink} />}
      </ul>
    </main>
  );
}
