import type { Address } from '../../codec/addresses.ts';
import type { TransportAddress } from '../../codec/xor-address.ts';
import type { Home, PeerPolicy } from './peer-policy.ts';

/** Permissions of one TURN allocation; RFC 8656 sets no bound. A call with one person needs one per candidate. */
export const TURN_PERMISSIONS = 128;
/** Channels of one TURN allocation. */
export const TURN_CHANNELS = 128;

/** Leave for packets to and from one address, whatever the port (RFC 8656 §9). */
export interface Permission {
  readonly address: Address;
  /** Anything but `away`: each packet's port is judged too. */
  home: Home;
  /** Milliseconds of the monotonic clock. */
  expiresAt: number;
  /** false once it expired: channels hold on to their permission. */
  live: boolean;
  /** The last port outside the relay that was judged and allowed; 0: none. */
  allowedPort: number;
}

/** A number that stands for one peer (RFC 8656 §12). */
export interface Channel {
  readonly number: number;
  readonly peer: TransportAddress;
  permission: Permission;
  expiresAt: number;
}

/** Whom one allocation may reach and hear: its permissions and channels. */
export class PeerTable {
  // Lists with the last hit kept aside: short, scanned without making keys, and mostly hit at once.
  readonly #permissions: Permission[] = [];
  #lastPermission: Permission | undefined;
  readonly #channels: Channel[] = [];
  #lastChannel: Channel | undefined;
  readonly #channelByNumber = new Map<number, Channel>();

  /** The live permission for an address given as words of `Address`; its family is the relay's. */
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

  /** The same by the address's text, as a socket gives it. */
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

  /** Whether permissions for all these addresses can be had within `TURN_PERMISSIONS`. */
  hasRoomFor(addresses: readonly Address[]): boolean {
    const fresh = new Set(addresses.map(({ text }) => text).filter((text) => !this.permissionOf(text)));
    return this.#permissions.length + fresh.size <= TURN_PERMISSIONS;
  }

  get hasRoomForChannel(): boolean {
    return this.#channels.length < TURN_CHANNELS;
  }

  /** Installs or refreshes; the caller has seen to the bound and to the policy. */
  permit(address: Address, home: Home, expiresAt: number): Permission {
    const there = this.permissionOf(address.text);
    if (there !== undefined) {
      there.expiresAt = expiresAt;
      return there;
    }
    const permission = { address, home, expiresAt, live: true, allowedPort: 0 };
    this.#permissions.push(permission);
    // A channel outlives its permission (RFC 8656 §12): those to this address work again with the new one.
    for (const channel of this.#channels) {
      if (channel.peer.address.text === address.text) channel.permission = permission;
    }
    return permission;
  }

  /** Installs or refreshes; the caller has seen that neither number nor peer is bound otherwise. */
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

  /** This machine's addresses changed: judges every permission anew, and drops those that would be refused now. */
  judgeAgain(policy: Pick<PeerPolicy, 'permits' | 'home'>): void {
    for (let index = this.#permissions.length - 1; index >= 0; index--) {
      const permission = this.#permissions[index];
      if (permission === undefined) continue;
      permission.home = policy.home(permission.address);
      permission.allowedPort = 0;
      if (!policy.permits(permission.address)) this.#forget(permission, index);
    }
  }

  #forget(permission: Permission, index: number): void {
    permission.live = false;
    this.#permissions.splice(index, 1);
    if (this.#lastPermission === permission) this.#lastPermission = undefined;
  }

  /** Forgets what expired by `now`. */
  sweep(now: number): void {
    for (let index = this.#permissions.length - 1; index >= 0; index--) {
      const permission = this.#permissions[index];
      if (permission === undefined || permission.expiresAt > now) continue;
      this.#forget(permission, index);
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
