import { MESSAGE_CHARACTERS } from '../protocol/chat-events.ts';
import { PASSWORD_CHARACTERS, ROOM_CAPACITY, USER_INFO_CHARACTERS } from '../protocol/limits.ts';
import {
  BIO_CHARACTERS,
  CUSTOM_STATUS_CHARACTERS,
  DISPLAY_NAME_CHARACTERS,
  ROOM_NAME_CHARACTERS,
  USERNAME_CHARACTERS,
} from '../protocol/names.ts';

import { DATA_BYTES, TOPIC_CHARACTERS } from './call/data-frames.ts';

/** What a form may let people enter, of which the server refuses more with `validation_failed`; and how long messages may be. */
export interface Limits {
  /** Characters (Unicode code points) of a display name. */
  readonly displayName: { readonly min: number; readonly max: number };
  /** Characters of a username, each of `[A-Za-z0-9_-]`. */
  readonly username: { readonly min: number; readonly max: number };
  /** Characters (Unicode code points) of what a user says of itself. */
  readonly bio: { readonly max: number };
  /** Characters (Unicode code points) of a status in the user's own words. */
  readonly customStatus: { readonly max: number };
  /** Characters (Unicode code points) of a room's name. */
  readonly roomName: { readonly min: number; readonly max: number };
  /** Characters (Unicode code points) of a password, of accounts and of rooms. */
  readonly password: { readonly min: number; readonly max: number };
  /** People in a room. */
  readonly people: { readonly min: number; readonly max: number; readonly default: number };
  /** Characters of `JoinOptions.userInfo` as JSON. */
  readonly userInfo: { readonly max: number };
  /** Characters (Unicode code points) of a chat message. */
  readonly chatMessage: { readonly min: number; readonly max: number };
  /** Characters (UTF-16 code units) of the topic of `call.send`. */
  readonly topic: { readonly min: number; readonly max: number };
  /** Bytes of a message of `call.send`, topic and data as JSON in UTF-8. */
  readonly peerMessage: { readonly max: number };
}

/**
 * The limits on what people enter and send, so that an application has no copies of them.
 * @example
 * nameInput.maxLength = LIMITS.roomName.max;
 * peopleInput.value = String(LIMITS.people.default);
 */
export const LIMITS: Limits = Object.freeze({
  displayName: { min: 1, max: DISPLAY_NAME_CHARACTERS },
  username: { min: USERNAME_CHARACTERS.min, max: USERNAME_CHARACTERS.max },
  bio: { max: BIO_CHARACTERS },
  customStatus: { max: CUSTOM_STATUS_CHARACTERS },
  roomName: { min: 1, max: ROOM_NAME_CHARACTERS },
  password: { min: PASSWORD_CHARACTERS.min, max: PASSWORD_CHARACTERS.max },
  people: { min: ROOM_CAPACITY.min, max: ROOM_CAPACITY.max, default: ROOM_CAPACITY.default },
  userInfo: { max: USER_INFO_CHARACTERS },
  chatMessage: { min: 1, max: MESSAGE_CHARACTERS },
  topic: { min: 1, max: TOPIC_CHARACTERS },
  peerMessage: { max: DATA_BYTES },
});
