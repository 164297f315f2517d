import { useSignal } from '@preact/signals';
import { admin, type LiveRoomItem } from '../../../client/admin.ts';
import { Link } from '../../components/link.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { isolate } from '../../i18n/isolate.ts';
import { useAsk } from '../ask.ts';
import { loadPages, PER_PAGE } from '../pages.ts';
import { type Actions, ActionsView, useActions } from '../parts/actions.tsx';
import { Ago } from '../parts/ago.tsx';
import { More } from '../parts/more.tsx';
import { Empty, PolledView } from '../parts/polled-view.tsx';
import { SectionPage } from '../parts/section-page.tsx';
import { usePolled } from '../polled.ts';
import { LivePeer } from './live-peer.tsx';

/** Calls with somebody inside, which can be ended, and people, who can be put out. */
export function LiveRooms() {
  const t = useAdminMessages();
  const words = t.rooms;
  const ask = useAsk();
  const pages = useSignal(1);
  const polled = usePolled(() =>
    loadPages(pages.peek(), (after) =>
      ask((account) => admin.rooms(account, { query: { limit: PER_PAGE, after } })),
    ),
  );
  const actions = useActions();
  const change = async (act: Promise<unknown>) => {
    await act;
    void polled.refresh();
  };
  return (
    <SectionPage section="rooms" intro={words.intro}>
      <ActionsView actions={actions} />
      <PolledView polled={polled} loading={words.loading}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title={words.none} text={words.noneText} />
          ) : (
            <>
              <ul class="live-rooms">
                {items.map((item) => (
                  <LiveRoom
                    key={item.room.id}
                    item={item}
                    actions={actions}
                    onEnd={() =>
                      change(ask((account) => admin.endRoom(account, { params: { roomId: item.room.id } })))
                    }
                    onKick={(peerId, ban) =>
                      change(
                        ask((account) =>
                          admin.kick(account, {
                            params: { roomId: item.room.id, peerId },
                            query: ban ? { ban: 'true' } : {},
                          }),
                        ),
                      )
                    }
                  />
                ))}
              </ul>
              <More nextCursor={nextCursor} pages={pages} onMore={polled.refresh} />
            </>
          )
        }
      </PolledView>
    </SectionPage>
  );
}

interface LiveRoomProps {
  readonly item: LiveRoomItem;
  readonly actions: Actions;
  readonly onEnd: () => Promise<unknown>;
  readonly onKick: (peerId: string, ban: boolean) => Promise<unknown>;
}

function LiveRoom({ item: { room, since, peers }, actions, onEnd, onKick }: LiveRoomProps) {
  const words = useAdminMessages().rooms;
  const name = room.name ?? words.untitled;
  const facts = [
    words.people(peers.length, room.max),
    room.locked && words.locked,
    room.persistent && words.kept,
  ];
  const id = `room-${room.id}`;
  return (
    <li class="live-room" aria-labelledby={id}>
      <div class="head">
        <div>
          <h2 id={id}>{name}</h2>
          <p class="soft">
            {facts.filter(Boolean).join(' · ')} · <Ago time={since} say={words.since} />
          </p>
        </div>
        <div class="row-actions">
          <Link
            class="button small quiet"
            to={{ at: 'call', roomId: room.id }}
            label={words.openOf(isolate(name))}
          >
            {words.open}
          </Link>
          <button
            type="button"
            class="button small quiet danger"
            aria-label={words.endOf(isolate(name))}
            onClick={() =>
              actions.ask({
                title: words.endAsked(isolate(name)),
                text: words.endText,
                confirm: words.end,
                act: onEnd,
                done: words.ended,
              })
            }
          >
            {words.end}
          </button>
        </div>
      </div>
      <ul class="admin-list">
        {peers.map((peer) => (
          <LivePeer
            key={peer.peerId}
            peer={peer}
            isOwner={peer.userId === room.ownerId}
            actions={actions}
            onKick={(ban) => onKick(peer.peerId, ban)}
          />
        ))}
      </ul>
    </li>
  );
}
