import {
  type ChatPolicy,
  type CreateRoomRequest,
  LIMITS,
  type Room,
  type RoomChange,
} from '../../client/index.ts';

/** What a person sets about a call, when starting it and later. */
export interface RoomValues {
  readonly name: string;
  /** '' for none or, in a call that has one, for the same. */
  readonly password: string;
  readonly removesPassword: boolean;
  readonly max: number;
  readonly waitingRoom: boolean;
  /** What can be read of the chat [CH3]. */
  readonly chat: ChatPolicy;
  /** Keeps the link working after the last one has left. */
  readonly persistent: boolean;
  /** Hides the peers' addresses from each other. */
  readonly relayOnly: boolean;
}

export const NEW_ROOM: RoomValues = {
  name: '',
  password: '',
  removesPassword: false,
  max: LIMITS.people.default,
  waitingRoom: false,
  chat: 'all',
  persistent: false,
  relayOnly: false,
};

const SWITCHES = ['waitingRoom', 'persistent', 'relayOnly'] as const;

export function valuesOf(room: Room): RoomValues {
  const { name, max, waitingRoom, chat, persistent, relayOnly } = room;
  return { ...NEW_ROOM, name: name ?? '', max, waitingRoom, chat, persistent, relayOnly };
}

/** Whether a password was typed that the server would refuse. It counts code points. */
export function isPasswordShort({ password }: RoomValues): boolean {
  return password !== '' && [...password].length < LIMITS.password.min;
}

/** Returns the request that creates such a room. What has its default is left out. */
export function requestOf(values: RoomValues): CreateRoomRequest {
  const name = values.name.trim();
  const on = SWITCHES.filter((field) => values[field]).map((field) => [field, true] as const);
  return {
    ...(name === '' ? {} : { name }),
    ...(values.password === '' ? {} : { password: values.password }),
    max: values.max,
    ...(values.chat === NEW_ROOM.chat ? {} : { chat: values.chat }),
    ...Object.fromEntries(on),
  };
}

/** Returns what differs from the room, so that a change by another host meanwhile isn't undone. */
export function changeOf(room: Room, values: RoomValues): RoomChange {
  const before = valuesOf(room);
  const name = values.name.trim();
  const changed = SWITCHES.filter((field) => values[field] !== before[field]);
  const password = values.password === '' ? null : values.password;
  return {
    ...(name === before.name ? {} : { name: name === '' ? null : name }),
    ...(password !== null || (values.removesPassword && room.hasPassword) ? { password } : {}),
    ...(values.max === before.max ? {} : { max: values.max }),
    ...(values.chat === before.chat ? {} : { chat: values.chat }),
    ...Object.fromEntries(changed.map((field) => [field, values[field]])),
  };
}
