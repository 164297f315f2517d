import { isolate } from '../../i18n/isolate.ts';
import { useMessages } from '../../i18n/messages.ts';
import type { CallModel } from '../call-model.ts';

/** Who raised a hand, the first one first. One lowers one's own; a host lowers everybody's. */
export function RaisedHands({ call }: { readonly call: CallModel }) {
  const t = useMessages();
  const raised = call.raised.value;
  const isHost = call.chat.isHost.value;
  if (raised.length === 0) return null;
  return (
    <section class="raised-hands" aria-labelledby="raised-hands">
      <h2 id="raised-hands">{t.talk.hands}</h2>
      <ol>
        {raised.map((person) => {
          const name = person.isSelf ? t.you : person.name || t.guest;
          return (
            <li key={person.key}>
              <span class="who">{name}</span>
              {(person.isSelf || isHost) && (
                <button
                  type="button"
                  class="button quiet"
                  aria-label={person.isSelf ? t.talk.lowerHand : t.talk.lowerOf(isolate(name))}
                  onClick={() => call.hands.lower(person)}
                >
                  {t.talk.lower}
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
