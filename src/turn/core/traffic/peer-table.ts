import type { Address } from '../../codec/addresses.ts';
import type { TransportAddress } from '../../codec/xor-address.ts';
import type { PeerLocation, PeerPolicy } from './peer-policy.ts';

/** Max permissions of one allocation; RFC 8656 sets none. A call with one person needs one per candidate. */
export const MAX_PERMISSIONS = 128;
/** Max channels of one allocation. */
export const MAX_CHANNELS = 128;

/** Allows packets to and from one address, whatever the port (RFC 8656 §9). */
export interface Permission {
  readonly address: Address;
  /** Unless it is `remote`, the policy is asked for each packet's port too. */
  location: PeerLocation;
  /** Milliseconds of the monotonic clock. */
  expiresAt: number;
  /** false once it has expired, because channels keep a reference to it. */
  live: boolean;
  /** The last non-relay port that the policy allowed; 0: none. */
  allowedPort: number;
}

/** A number bound to one peer (RFC 8656 §12). */
export interface Channel {
  readonly number: number;
  readonly peer: TransportAddress;
  permission: Permission;
  expiresAt: number;
}

/** Permissions and channels of one allocation. */
export class PeerTable {
  // Short lists, scanned without making keys; the last hit is usually hit again.
  readonly #permissions: Permission[] = [];
  #lastPermission: Permission | undefined;
  readonly #channels: Channel[] = [];
  #lastChannel: Channel | undefined;
  readonly #channelByNumber = new Map<number, Channel>();

  /** The live permission for an address of the relay's family, given as the words of `Address`. */
  permissionFor(a: number, b: number, c: number, d: number): Permission | undefined {
    const last = this.#lastPermission;
    if (last?.live === true && isAddress(last.address, a, b, c, d)) return last;
    for (let index = 0; index < this.#permissions.length; index++) {
      const permission = this.#permissions[index];
      if (permission !== undefined && isAddress(permission.address, a, b, c, d)) {
        this.#lastPermission = permission;
        return permission;
      }
    }
    return undefined;
  }

  /** The live permission for an address as a socket's text. */
  permissionOf(address: string): Permission | undefined {
    const last = this.#lastPermission;
    if (last?.live === true && last.address.text === address) return last;
    for (let index = 0; index < this.#permissions.length; index++) {
      const permission = this.#permissions[index];
      if (permission !== undefined && permission.address.text === address) {
        this.#lastPermission = permission;
        return permission;
      }
    }
    return undefined;
  }

  channel(number: number): Channel | undefined {
    return this.#channelByNumber.get(number);
  }

  channelTo(address: string, port: number): Channel | undefined {
    const last = this.#lastChannel;
    if (last !== undefined && isPeer(last, address, port)) return last;
    for (let index = 0; index < this.#channels.length; index++) {
      const channel = this.#channels[index];
      if (channel !== undefined && isPeer(channel, address, port)) {
        this.#lastChannel = channel;
        return channel;
      }
    }
    return undefined;
  }

  get permissionCount(): number {
    return this.#permissions.length;
  }

  get channelCount(): number {
    return this.#channels.length;
  }

  /** Whether permissions for all these addresses fit within `MAX_PERMISSIONS`. */
  hasRoomFor(addresses: readonly Address[]): boolean {
    const fresh = new Set(addresses.map(({ text }) => text).filter((text) => !this.permissionOf(text)));
    return this.#permissions.length + fresh.size <= MAX_PERMISSIONS;
  }

  get hasRoomForChannel(): boolean {
    return this.#channels.length < MAX_CHANNELS;
  }

  /** Installs or refreshes a permission. The caller has checked limit and policy. */
  permit(address: Address, location: PeerLocation, expiresAt: number): Permission {
    const there = this.permissionOf(address.text);
    if (there !== undefined) {
      there.expiresAt = expiresAt;
      return there;
    }
    const permission = { address, location, expiresAt, live: true, allowedPort: 0 };
    this.#permissions.push(permission);
    // A channel outlives its permission (RFC 8656 §12), so channels to this address work again with the new one.
    for (const channel of this.#channels) {
      if (channel.peer.address.text === address.text) channel.permission = permission;
    }
    return permission;
  }

  /** Installs or refreshes a channel. The caller has checked that neither number nor peer is bound otherwise. */
  bind(number: number, peer: TransportAddress, permission: Permission, expiresAt: number): void {
    const there = this.#channelByNumber.get(number);
    if (there !== undefined) {
      there.permission = permission;
      there.expiresAt = expiresAt;
      return;
    }
    const channel = { number, peer, permission, expiresAt };
    this.#channels.push(channel);
    this.#channelByNumber.set(number, channel);
  }

  /** Applies a changed policy to every permission, removing those that it denies now. */
  reapply(policy: Pick<PeerPolicy, 'permits' | 'locate'>): void {
    for (let index = this.#permissions.length - 1; index >= 0; index--) {
      const permission = this.#permissions[index];
      if (permission === undefined) continue;
      permission.location = policy.locate(permission.address);
      permission.allowedPort = 0;
      if (!policy.permits(permission.address)) this.#remove(permission, index);
    }
  }

  #remove(permission: Permission, index: number): void {
    permission.live = false;
    this.#permissions.splice(index, 1);
    if (this.#lastPermission === permission) this.#lastPermission = undefined;
  }

  /** Removes what has expired at `now`, in milliseconds of the monotonic clock. */
  sweep(now: number): void {
    for (let index = this.#permissions.length - 1; index >= 0; index--) {
      const permission = this.#permissions[index];
      if (permission === undefined || permission.expiresAt > now) continue;
      this.#remove(permission, index);
    }
    for (let index = this.#channels.length - 1; index >= 0; index--) {
      const channel = this.#channels[index];
      if (channel === undefined || channel.expiresAt > now) continue;
      this.#channels.splice(index, 1);
      this.#channelByNumber.delete(channel.number);
      if (this.#lastChannel === channel) this.#lastChannel = undefined;
    }
  }
}

function isAddress(address: Address, a: number, b: number, c: number, d: number): boolean {
  return address.d === d && address.a === a && address.b === b && address.c === c;
}

function isPeer({ peer }: Channel, address: string, port: number): boolean {
  return peer.port === port && peer.address.text === address;
}
