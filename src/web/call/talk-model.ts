import type { Call, Client } from '../../client/index.ts';
import { type ChatModel, createChatModel } from './chat/chat-model.ts';
import { createHands, type Hands } from './hands.ts';
import type { Notices } from './notices.ts';
import { nameOf } from './people.ts';
import { createReactions, type Reactions } from './reactions.ts';

/** Something about talking beside the call that only screen readers announce. */
export type TalkAnnouncement =
  | { readonly kind: 'reacted'; readonly name: string; readonly emoji: string }
  | { readonly kind: 'wrote'; readonly name: string; readonly text: string };

/** What people tell each other beside their voices and pictures. */
export interface Talk {
  readonly chat: ChatModel;
  readonly hands: Hands;
  readonly reactions: Reactions;
}

interface TalkOptions {
  readonly client: Client;
  readonly call: Call;
  readonly notices: Notices;
  readonly announce: (announcement: TalkAnnouncement) => void;
}

export function createTalk({ client, call, notices, announce }: TalkOptions): Talk & { close(): void } {
  const chat = createChatModel({
    call,
    self: () => client.user.id,
    onMessage: ({ name, text }, shown) => {
      if (shown) announce({ kind: 'wrote', name, text });
      else notices.show('wrote', name, { text });
    },
  });
  const hands = createHands(call, (peer) => notices.show('raisedHand', nameOf(peer)));
  const reactions = createReactions(call, (peer, emoji) => {
    announce({ kind: 'reacted', name: nameOf(peer), emoji });
  });
  return {
    chat: {
      ...chat,
      setShown(shown) {
        // On a phone they would cover the very messages that they tell of.
        if (shown) notices.drop('wrote');
        chat.setShown(shown);
      },
    },
    hands,
    reactions,
    close() {
      chat.close();
      hands.close();
      reactions.close();
    },
  };
}
