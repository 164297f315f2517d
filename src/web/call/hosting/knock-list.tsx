import type { Knock } from '../../../client/index.ts';
import { Avatar } from '../../components/avatar.tsx';
import { Icon } from '../../components/icon.tsx';
import { isolate } from '../../i18n/isolate.ts';
import { useMessages } from '../../i18n/messages.ts';
import type { Hosting } from './hosting-model.ts';

/** Who waits to be let in, in the people panel. */
export function KnockList({ hosting }: { readonly hosting: Hosting }) {
  const t = useMessages();
  const words = t.rooms.knocks;
  const items = hosting.knocks.value;
  if (items.length === 0) return null;
  return (
    <section class="knocks" aria-labelledby="knocks-title">
      <div class="section-head">
        <h2 id="knocks-title">{words.title(items.length)}</h2>
        {items.length > 1 && (
          <button type="button" class="button small" onClick={() => void hosting.admitAll()}>
            {words.admitAll}
          </button>
        )}
      </div>
      <ul class="people-list">
        {items.map((knock) => (
          <KnockItem key={knock.knockId} knock={knock} hosting={hosting} />
        ))}
      </ul>
    </section>
  );
}

function KnockItem({ knock, hosting }: { readonly knock: Knock; readonly hosting: Hosting }) {
  const t = useMessages();
  const words = t.rooms.knocks;
  const name = knock.displayName ?? t.guest;
  return (
    <li>
      <Avatar name={name} seed={knock.userId} />
      <span class="who">
        {name}
        {knock.kind === 'guest' && knock.displayName !== null && <span class="soft">{words.guest}</span>}
      </span>
      <span class="knock-choices">
        <button
          type="button"
          class="button small"
          aria-label={words.admitOf(isolate(name))}
          onClick={() => void hosting.admit(knock)}
        >
          {words.admit}
        </button>
        <button type="button" class="round" onClick={() => void hosting.refuse(knock)}>
          <Icon name="close" />
          <span class="visually-hidden">{words.refuseOf(isolate(name))}</span>
        </button>
      </span>
    </li>
  );
}

interface KnockNoticeProps {
  readonly hosting: Hosting;
  /** Whether the people panel shows who waits already. */
  readonly listed: boolean;
  readonly onShow: () => void;
}

/** Tells a host that somebody waits, for as long as somebody does. */
export function KnockNotice({ hosting, listed, onShow }: KnockNoticeProps) {
  const t = useMessages();
  const words = t.rooms.knocks;
  const items = hosting.knocks.value;
  const [only] = items;
  return (
    <div class="knock-notice" role="status" aria-live="polite">
      {only !== undefined && !listed && (
        <div class="knocking">
          <Icon name="people" />
          <p>
            {items.length === 1 ? words.one(isolate(only.displayName ?? t.guest)) : words.more(items.length)}
          </p>
          {items.length === 1 && (
            <button type="button" class="button" onClick={() => void hosting.admit(only)}>
              {words.admit}
            </button>
          )}
          <button type="button" class="button quiet" onClick={onShow}>
            {words.show}
          </button>
        </div>
      )}
    </div>
  );
}
