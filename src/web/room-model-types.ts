import type { ReadonlySignal } from '@preact/signals';
import type { AccountUser } from '../client/index.ts';
import type { LinkSecrets } from './link-secrets.ts';
import type { DeviceManager } from './media/device-manager.ts';
import type { Prefs } from './prefs.ts';
import type { RoomAccess } from './room-access.ts';
import type { Phase } from './visit-phase.ts';

export interface JoinInput {
  readonly name: string;
  readonly password: string;
}

/** A person's visit to one room, from the lobby to the end of the call. */
export interface RoomModel {
  readonly phase: ReadonlySignal<Phase>;
  readonly devices: DeviceManager;
  /** Returns the name that the lobby suggests: the account's, or a guest's of the last call. */
  initialName(): string;
  /** Whether the person's link carried an invitation, which replaces the password. */
  isInvited(): boolean;
  /** Looks the room up. Also the way to try again after a failure. */
  load(): Promise<void>;
  join(input: JoinInput): Promise<void>;
  /** Keeps the lobby's room up to date until the returned function is called. */
  watchRoom(): () => void;
  /** Joins again after the end, with the same name and password. */
  rejoin(): Promise<void>;
  close(): void;
}

export interface RoomModelOptions {
  readonly roomId: string;
  readonly login: RoomAccess;
  /** Who is signed in; null for a guest. */
  readonly user: ReadonlySignal<AccountUser | null>;
  readonly devices: DeviceManager;
  readonly prefs: Prefs;
  readonly secrets: Pick<LinkSecrets, 'invitationTo' | 'drop'>;
  /** Undefined if the browser can't share a screen. */
  readonly captureScreen: (() => Promise<MediaStream>) | undefined;
  /** The name that the page's address gives; '' for none. */
  readonly givenName?: string;
  /** Joins as soon as the room is found, if a name is known. */
  readonly skipLobby?: boolean;
  /** Called if the room doesn't exist, now or any more. */
  readonly onRoomMissing: () => void;
}
