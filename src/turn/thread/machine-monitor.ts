import { lookup as systemLookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { messageOf } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import type { Certificate } from '../io/stream.ts';
import { type CertificateFiles, certificateFiles } from './certificate-files.ts';
import { HostNames, type Lookup } from './host-names.ts';
import { type Interfaces, type MachineAddresses, machineAddresses } from './machine-addresses.ts';
import type { RelayProblem } from './problems.ts';

/** Milliseconds between looks at the machine's addresses and at the certificate's files. */
export const WATCH_MS = 2_000;
/** Milliseconds between look-ups of the host names in the settings, once each of them has an address. */
export const NAMES_MS = 60_000;
/** Milliseconds that the start waits for host names: without a network a resolver takes longer, and signaling is to start. */
export const NAMES_AT_START_MS = 2_000;

/** What the relay asks of the machine; tests pass their own. */
export interface Machine {
  readonly interfaces: () => Interfaces;
  readonly lookup: Lookup;
}

export const THIS_MACHINE: Machine = {
  interfaces: networkInterfaces,
  // As coturn does: the IPv4 address if the name has one.
  lookup: async (name) => {
    const found = await systemLookup(name, { all: true });
    const [first] = [...found].sort((one, other) => one.family - other.family);
    return first ?? Promise.reject(new Error(`${name} has no address`));
  },
};

interface SurroundingsDeps {
  readonly conf: RelayConf;
  readonly clock: Clock;
  readonly log: Log;
  readonly machine: Machine;
}

/** Who hears of changes. */
export interface Watcher {
  addresses(now: MachineAddresses): void;
  certificate(renewed: Certificate): void;
}

/** What a running relay must follow: this machine's addresses, host names in the settings, the certificate's files. */
export class Surroundings {
  readonly #deps: SurroundingsDeps;
  readonly #names: HostNames;
  readonly #files: CertificateFiles | undefined;
  #addresses: MachineAddresses;
  #watcher: Watcher | undefined;
  #stopWatching = () => {};
  #namesAt = 0;
  #closed = false;
  /** Why this machine doesn't tell its addresses. */
  #fault: string | undefined;

  constructor(deps: SurroundingsDeps) {
    const { conf, clock, log, machine } = deps;
    this.#deps = deps;
    this.#names = new HostNames(conf, machine.lookup);
    this.#files = certificateFiles(conf, { now: () => clock.now(), log });
    this.#addresses = machineAddresses(conf, {});
  }

  get addresses(): MachineAddresses {
    return this.#addresses;
  }

  /** The last one that was good; undefined: TLS is not wanted. */
  get certificate(): Certificate | undefined {
    return this.#files?.current;
  }

  /** @throws StartError if the certificate can't be read */
  async open(): Promise<void> {
    this.#files?.open();
    const resolved = this.#resolveNames();
    const { clock } = this.#deps;
    if (this.#names.size > 0) {
      await Promise.race([resolved, new Promise<void>((late) => clock.after(NAMES_AT_START_MS, late))]);
    }
    this.#addresses = this.#addressesNow();
    void resolved.then(() => this.#compare());
  }

  /**
   * Looks each `WATCH_MS` from now on.
   * @param known the addresses that the watcher has
   */
  watch(watcher: Watcher, known: MachineAddresses): void {
    this.#watcher = watcher;
    if (this.#addresses !== known) watcher.addresses(this.#addresses);
    this.#stopWatching = this.#deps.clock.every(WATCH_MS, () => this.#look(false));
  }

  /** Looks now, and reads the certificate also if its files look the same. */
  reload(): void {
    this.#namesAt = 0;
    this.#look(true);
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
    this.#watcher = undefined;
  }

  problems(): RelayProblem[] {
    const problems: RelayProblem[] = [];
    const certificate = this.#files?.problem;
    if (certificate !== undefined) problems.push({ code: 'certificate', message: certificate });
    if (this.#names.unknown > 0) {
      const message = 'A host name in turnserver.conf has no address; the log has the name.';
      problems.push({ code: 'host_name', message });
    }
    if (this.#fault !== undefined || this.#addresses.isolated) {
      const message = 'This machine has no network address but loopback: nobody else can reach the relay.';
      problems.push({ code: 'no_network', message: this.#fault ?? message });
    }
    return problems;
  }

  #look(always: boolean): void {
    const renewed = this.#files?.look(always);
    if (renewed !== undefined) this.#watcher?.certificate(renewed);
    if (this.#names.size > 0 && !this.#names.isLooking && this.#namesAreDue())
      void this.#resolveNames().then(() => this.#compare());
    this.#compare();
  }

  #compare(): void {
    if (this.#closed) return;
    const now = this.#addressesNow();
    if (JSON.stringify(now) === JSON.stringify(this.#addresses)) return;
    const { log } = this.#deps;
    const { datagram, preferred, isolated } = now;
    log.info("this machine's addresses changed", { addresses: datagram, relayAddress: preferred });
    if (isolated)
      log.warn('this machine has no network address but loopback: nobody else can reach the relay');
    this.#addresses = now;
    this.#watcher?.addresses(now);
  }

  #addressesNow(): MachineAddresses {
    const { conf, machine, log } = this.#deps;
    try {
      const found = machineAddresses(this.#names.applied(conf), machine.interfaces(), this.#addresses);
      this.#fault = undefined;
      return found;
    } catch (error) {
      if (this.#fault === undefined) log.error("this machine doesn't tell its addresses", { error });
      this.#fault = `This machine doesn't tell its addresses: ${messageOf(error)}`;
      return this.#addresses;
    }
  }

  #namesAreDue(): boolean {
    const now = this.#deps.clock.monotonic();
    if (this.#names.unknown === 0 && now < this.#namesAt) return false;
    this.#namesAt = now + NAMES_MS;
    return true;
  }

  async #resolveNames(): Promise<void> {
    const before = new Set(this.#names.failures.keys());
    await this.#names.resolve();
    for (const [name, error] of this.#names.failures) {
      if (before.has(name)) continue;
      this.#deps.log.error('a host name in turnserver.conf has no address; it is looked up again', {
        name,
        why: messageOf(error),
      });
    }
  }
}
