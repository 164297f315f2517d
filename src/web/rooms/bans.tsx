import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type Ban, rooms as server } from '../../client/index.ts';
import { Avatar } from '../components/avatar.tsx';
import { Dialog } from '../components/dialog.tsx';
import { isolate } from '../i18n/isolate.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { createHostList, type HostList } from './host-list.ts';
import { HostListState } from './host-list-state.tsx';

interface BansProps {
  readonly roomId: string;
  readonly onClose: () => void;
}

/** Who is blocked from a call, for its hosts, who can let them in again. */
export function Bans({ roomId, onClose }: BansProps) {
  const t = useMessages();
  const words = t.rooms.bans;
  const { login } = usePage();
  const list: HostList<Ban> = useMemo(
    () =>
      createHostList<Ban>({
        idOf: ({ userId }) => userId,
        list: () => login.as((account) => server.bans.list(account, roomId)),
        remove: (userId) => login.as((account) => server.bans.lift(account, roomId, userId)),
      }),
    [roomId],
  );
  useEffect(() => void list.load(), [list]);
  const said = useSignal('');
  const items = list.items.value;
  return (
    <Dialog title={words.title} onClose={onClose}>
      <HostListState list={list} loading={words.loading} none={words.none} />
      {items !== null && items.length > 0 && (
        <ul class="host-list" aria-label={words.title}>
          {items.map((ban) => {
            const name = ban.displayName ?? t.guest;
            return (
              <li key={ban.userId}>
                <Avatar name={name} seed={ban.userId} />
                <div>
                  <p class="place">{name}</p>
                  <p class="soft">
                    {words.since(new Date(ban.at).toLocaleString(t.lang, { dateStyle: 'medium' }))}
                  </p>
                </div>
                <button
                  type="button"
                  class="button small quiet"
                  aria-label={words.liftOf(isolate(name))}
                  onClick={async () => {
                    said.value = '';
                    if (await list.remove(ban)) said.value = words.lifted(isolate(name));
                  }}
                >
                  {words.lift}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <p class="done" role="status">
        {said.value}
      </p>
    </Dialog>
  );
}
