import { Avatar } from '../../components/avatar.tsx';
import { Icon } from '../../components/icon.tsx';
import { useMessages } from '../../i18n/messages.ts';
import type { CallModel } from '../call-model.ts';

/** Lists the people in the call. */
export function PeoplePanel({ call }: { readonly call: CallModel }) {
  const t = useMessages();
  return (
    <ul class="people-list">
      {[call.self.value, ...call.others.value].map((person) => {
        const name = person.name || t.guest;
        return (
          <li key={person.key}>
            <Avatar name={name} seed={person.isSelf ? person.name : person.key} picture={person.picture} />
            <span class="who">{person.isSelf ? `${name} · ${t.you}` : name}</span>
            {person.muted && (
              <>
                <Icon name="micOff" />
                <span class="visually-hidden">, {t.call.mutedMark}</span>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
