import type { HandleMessage } from '../signaling/hub.ts';
import { callMessages } from './call-messages.ts';
import { chatMessages } from './chat-messages.ts';
import type { Handler, Handlers } from './handlers.ts';
import { knockMessages } from './knock-messages.ts';
import { moderationMessages } from './moderation-messages.ts';
import { placeMessages } from './place-messages.ts';
import { roomMessages } from './room-messages.ts';
import { sessionMessages } from './session-messages.ts';

type MessageHandlerDeps = Parameters<typeof sessionMessages>[0] &
  Parameters<typeof callMessages>[0] &
  Parameters<typeof roomMessages>[0] &
  Parameters<typeof placeMessages>[0] &
  Parameters<typeof moderationMessages>[0] &
  Parameters<typeof knockMessages>[0] &
  Parameters<typeof chatMessages>[0];

/** Returns the function that passes each message to the feature that handles its event. */
export function createMessageHandler(deps: MessageHandlerDeps): HandleMessage {
  const handlers: Handlers = {
    ...sessionMessages(deps),
    ...roomMessages(deps),
    ...placeMessages(deps),
    ...moderationMessages(deps),
    ...knockMessages(deps),
    ...callMessages(deps),
    ...chatMessages(deps),
  };
  return (session, request) => {
    // Each handler is typed for its own event, which TypeScript can't follow through the look-up.
    const handle = handlers[request.event] as Handler<typeof request.event>;
    return handle(session, request);
  };
}
