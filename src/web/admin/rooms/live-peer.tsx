import type { LiveRoomItem } from '../../../client/admin.ts';
import { Avatar } from '../../components/avatar.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { isolate } from '../../i18n/isolate.ts';
import { useMessages } from '../../i18n/messages.ts';
import { usePage } from '../../page-context.ts';
import type { Actions } from '../parts/actions.tsx';
import { Ago } from '../parts/ago.tsx';

interface LivePeerProps {
  readonly peer: LiveRoomItem['peers'][number];
  /** Whether the room is theirs: then nobody can put them out [RM6]. */
  readonly isOwner: boolean;
  readonly actions: Actions;
  readonly onKick: (ban: boolean) => Promise<unknown>;
}

/** Somebody in a call: how they are connected, since when, and what can be done. */
export function LivePeer({ peer, isOwner, actions, onKick }: LivePeerProps) {
  const words = useAdminMessages().rooms;
  const { guest } = useMessages();
  const { peerId, userId, displayName, state, since, path } = peer;
  const { navigation, login } = usePage();
  const isSelf = userId === login.user.value?.id;
  const name = displayName ?? guest;
  const shown = isolate(name);
  return (
    <li data-peer-id={peerId}>
      <Avatar name={name} seed={userId} />
      <div>
        <p class="place">
          {name}
          {isOwner && (
            <span class="badge" data-tone="skip">
              {words.owner}
            </span>
          )}
        </p>
        <p class="soft">
          <Ago time={since} say={words.joined} />
        </p>
      </div>
      <p class="states">
        {state === 'suspended' && (
          <span class="badge" data-tone="warn">
            {words.reconnecting}
          </span>
        )}
        <span
          class="badge"
          data-tone={
            path === 'direct' ? 'ok' : path === 'relayed' ? 'warn' : path === 'failed' ? 'fail' : 'skip'
          }
        >
          {words.paths[path ?? 'unknown']}
        </span>
      </p>
      <Menu label={words.options(shown)}>
        {(close) => {
          const choose = (act: () => void) => () => {
            close();
            act();
          };
          return (
            <>
              <MenuItem
                icon="people"
                onClick={choose(() => navigation.go({ at: 'admin', section: 'users', userId }))}
              >
                {words.account}
              </MenuItem>
              {!isOwner && (
                <MenuItem
                  icon="leave"
                  danger
                  onClick={choose(() =>
                    actions.ask({
                      title: words.removeAsked(shown),
                      text: words.removeText,
                      confirm: words.remove,
                      act: () => onKick(false),
                      done: words.removed(shown),
                    }),
                  )}
                >
                  {words.remove}
                </MenuItem>
              )}
              {!isOwner && !isSelf && (
                <MenuItem
                  icon="block"
                  danger
                  onClick={choose(() =>
                    actions.ask({
                      title: words.banAsked(shown),
                      text: words.banText,
                      confirm: words.ban,
                      act: () => onKick(true),
                      done: words.banned(shown),
                    }),
                  )}
                >
                  {words.ban}
                </MenuItem>
              )}
            </>
          );
        }}
      </Menu>
    </li>
  );
}
