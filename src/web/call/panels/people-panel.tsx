import { Avatar } from '../../components/avatar.tsx';
import { Icon } from '../../components/icon.tsx';
import { isolate } from '../../i18n/isolate.ts';
import { useMessages } from '../../i18n/messages.ts';
import type { CallModel } from '../call-model.ts';
import type { Panel } from '../control-bar.tsx';
import { HostTools } from '../hosting/host-tools.tsx';
import { KnockList } from '../hosting/knock-list.tsx';
import { PersonMenu } from '../hosting/person-menu.tsx';
import type { PersonView } from '../people.ts';

interface PeoplePanelProps {
  readonly call: CallModel;
  readonly onPanel: (panel: Panel) => void;
}

/** Lists who waits and who is in the call, and has the hosts' controls. */
export function PeoplePanel({ call, onPanel }: PeoplePanelProps) {
  const t = useMessages();
  return (
    <div class="people-panel">
      <KnockList hosting={call.hosting} />
      <section aria-labelledby="inside-title">
        <h2 id="inside-title">{t.rooms.knocks.people}</h2>
        <ul class="people-list">
          {[call.self.value, ...call.others.value].map((person) => (
            <PersonItem key={person.key} person={person} call={call} />
          ))}
        </ul>
      </section>
      <HostTools call={call} onPanel={onPanel} />
    </div>
  );
}

function PersonItem({ person, call }: { readonly person: PersonView; readonly call: CallModel }) {
  const t = useMessages();
  const name = person.name || t.guest;
  return (
    <li data-peer-id={person.peerId}>
      <Avatar name={name} seed={person.isSelf ? person.name : person.key} picture={person.picture} />
      <span class="who">
        {person.isSelf ? `${isolate(name)} ·\u00a0${t.you}` : name}
        {person.host && <span class="badge">{t.rooms.host}</span>}
      </span>
      {person.muted && (
        <span class="muted-mark">
          <Icon name="micOff" />
          <span class="visually-hidden">{t.call.mutedMark}</span>
        </span>
      )}
      <PersonMenu person={person} hosting={call.hosting} />
    </li>
  );
}
