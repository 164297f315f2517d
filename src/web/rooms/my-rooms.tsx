import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type AccountUser, type Room, rooms as server } from '../../client/index.ts';
import { shareLink } from '../call/share-link.ts';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { Link } from '../components/link.tsx';
import { Menu, MenuItem } from '../components/menu.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { isolate } from '../i18n/isolate.ts';
import { type Messages, useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { timeAgo } from '../relative-time.ts';
import { Bans } from './bans.tsx';
import { Invitations } from './invitations.tsx';
import { createMyRooms } from './my-rooms-model.ts';
import { PastCalls } from './past-calls.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { RoomSettings } from './room-settings.tsx';

/** What is done with one room. */
type Task = 'rename' | 'settings' | 'invitations' | 'bans' | 'past' | 'remove';

/** The rooms of who is signed in, on the home page. */
export function MyRooms({ user }: { readonly user: AccountUser }) {
  const t = useMessages();
  const words = t.rooms.mine;
  const { login } = usePage();
  const mine = useMemo(
    () =>
      createMyRooms({
        userId: user.id,
        list: (query) => login.as((account) => server.list(account, query)),
        update: login.updateRoom,
        remove: (roomId) => login.as((account) => server.remove(account, roomId)),
      }),
    [user.id],
  );
  useEffect(() => void mine.more(), [mine]);
  const task = useSignal<{ readonly room: Room; readonly what: Task } | null>(null);
  const said = useSignal('');
  const { value: current } = task;
  const list = mine.rooms.value;
  const close = () => {
    task.value = null;
  };
  return (
    <section class="my-rooms" aria-labelledby="my-rooms-title">
      <h2 id="my-rooms-title">{words.title}</h2>
      {list === null && mine.failure.value === null && (
        <p class="loading" role="status">
          <span class="spinner" />
          {words.loading}
        </p>
      )}
      {list?.length === 0 && <p class="soft">{words.none}</p>}
      {list !== null && list.length > 0 && (
        <ul>
          {list.map((room) => (
            <RoomItem
              key={room.id}
              room={room}
              onSaid={(text) => {
                said.value = text;
              }}
              onTask={(what) => {
                said.value = '';
                task.value = { room, what };
              }}
            />
          ))}
        </ul>
      )}
      {mine.failure.value !== null && <FailureNotice failure={mine.failure.value} />}
      <p class="done" role="status">
        {said.value}
      </p>
      {(mine.hasMore.value || (list === null && mine.failure.value !== null)) && (
        <button type="button" class="button quiet" onClick={() => void mine.more()}>
          {list === null ? t.lobby.tryAgain : words.more}
        </button>
      )}
      {current?.what === 'rename' && (
        <RenameDialog
          room={current.room}
          onClose={close}
          onRename={(name) => mine.change(current.room, { name })}
        />
      )}
      {current?.what === 'settings' && (
        <RoomSettings
          room={current.room}
          canKeep
          onClose={close}
          onSave={(change) => mine.change(current.room, change)}
        />
      )}
      {current?.what === 'invitations' && <Invitations roomId={current.room.id} onClose={close} />}
      {current?.what === 'bans' && <Bans roomId={current.room.id} onClose={close} />}
      {current?.what === 'past' && <PastCalls room={current.room} onClose={close} />}
      {current?.what === 'remove' && (
        <ConfirmDialog
          title={words.removeAsked(isolate(nameOf(current.room, t)))}
          text={words.removeText}
          confirm={words.remove}
          onClose={close}
          onConfirm={async () => {
            if (await mine.remove(current.room)) said.value = words.removed;
          }}
        />
      )}
    </section>
  );
}

function nameOf({ name }: Room, t: Messages): string {
  return name ?? t.rooms.mine.untitled;
}

interface RoomItemProps {
  readonly room: Room;
  readonly onSaid: (text: string) => void;
  readonly onTask: (task: Task) => void;
}

function RoomItem({ room, onSaid, onTask }: RoomItemProps) {
  const t = useMessages();
  const words = t.rooms.mine;
  const { navigation } = usePage();
  const name = nameOf(room, t);
  const facts = [
    words.inside(room.participants),
    room.persistent && words.kept,
    room.locked && words.locked,
    words.created(timeAgo(room.createdAt, Date.now(), t.lang) ?? words.justNow),
  ];
  const share = async () => {
    const outcome = await shareLink(navigation.linkTo(room.id), name);
    if (outcome !== null) onSaid(words[outcome]);
  };
  return (
    <li class="my-room">
      <div>
        <p class="place">{name}</p>
        <p class="soft">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <Link class="button quiet" to={{ at: 'call', roomId: room.id }} label={words.openOf(isolate(name))}>
        {words.open}
      </Link>
      <Menu label={words.options(isolate(name))}>
        {(close) => {
          const choose = (act: () => unknown) => () => {
            close();
            act();
          };
          return (
            <>
              <MenuItem icon="link" onClick={choose(share)}>
                {words.copyLink}
              </MenuItem>
              <MenuItem icon="pencil" onClick={choose(() => onTask('rename'))}>
                {words.rename}
              </MenuItem>
              <MenuItem icon="devices" onClick={choose(() => onTask('settings'))}>
                {words.settings}
              </MenuItem>
              <MenuItem icon="link" onClick={choose(() => onTask('invitations'))}>
                {t.rooms.invitations.title}
              </MenuItem>
              <MenuItem icon="block" onClick={choose(() => onTask('bans'))}>
                {t.rooms.bans.title}
              </MenuItem>
              <MenuItem icon="people" onClick={choose(() => onTask('past'))}>
                {words.past}
              </MenuItem>
              <MenuItem icon="trash" danger onClick={choose(() => onTask('remove'))}>
                {words.remove}
              </MenuItem>
            </>
          );
        }}
      </Menu>
    </li>
  );
}
