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
import type { RelayProblem } from './relay-status.ts';
import { ServerCertificate, type ServerPair } from './server-pair.ts';

/** Milliseconds between checks of the machine's addresses and the certificate's files. */
export const CHECK_MS = 2_000;
/** Milliseconds between look-ups of the host names in the settings once each has an address. */
export const LOOKUP_MS = 60_000;
/** Max milliseconds that the start waits for host names, so that signaling starts even if the resolver has no network. */
export const START_LOOKUP_MS = 2_000;

/** What the relay needs of the machine; tests pass their own. */
export interface Machine {
  readonly interfaces: () => Interfaces;
  readonly lookup: Lookup;
}

export const THIS_MACHINE: Machine = {
  interfaces: networkInterfaces,
  // The IPv4 address if the name has one, as in coturn.
  lookup: async (name) => {
    const found = await systemLookup(name, { all: true });
    const [first] = [...found].sort((one, other) => one.family - other.family);
    return first ?? Promise.reject(new Error(`${name} has no address`));
  },
};

interface MachineMonitorDeps {
  readonly conf: RelayConf;
  readonly clock: Clock;
  readonly log: Log;
  readonly machine: Machine;
  /** The server's own certificate, for TLS if `conf` names none. */
  readonly serverPair?: ServerPair;
}

/** Called on changes. */
export interface MachineObserver {
  addressesChanged(addresses: MachineAddresses): void;
  certificateRenewed(certificate: Certificate): void;
}

/** Watches this machine's addresses, the host names in the settings and the certificate's files for a running relay. */
export class MachineMonitor {
  readonly #deps: MachineMonitorDeps;
  readonly #names: HostNames;
  readonly #files: CertificateFiles | undefined;
  readonly #server: ServerCertificate | undefined;
  #addresses: MachineAddresses;
  #observer: MachineObserver | undefined;
  #stopChecking = () => {};
  /** When to look the names up again, in milliseconds of the monotonic clock. */
  #nextLookupAt = 0;
  #closed = false;
  /** Why this machine's addresses can't be read, as a sentence; undefined if they can. */
  #fault: string | undefined;

  constructor(deps: MachineMonitorDeps) {
    const { conf, clock, log, machine, serverPair } = deps;
    this.#deps = deps;
    this.#names = new HostNames(conf, machine.lookup);
    const files = certificateFiles(conf, { now: () => clock.now(), log });
    this.#server =
      conf.tls && files === undefined && serverPair ? new ServerCertificate(serverPair) : undefined;
    this.#files = files;
    this.#addresses = machineAddresses(conf, {});
  }

  get addresses(): MachineAddresses {
    return this.#addresses;
  }

  /** The last valid one; undefined if TLS is off. */
  get certificate(): Certificate | undefined {
    return this.#files?.current ?? this.#server?.current;
  }

  /** Whether clients take the certificate. */
  get isCertificateTrusted(): boolean {
    return this.#server === undefined || this.#server.isTrusted;
  }

  /** Reads everything for the first time. @throws StartError if the certificate can't be used */
  async open(): Promise<void> {
    this.#files?.open();
    this.#server?.open();
    const resolved = this.#resolveNames();
    const { clock } = this.#deps;
    if (this.#names.size > 0) {
      await Promise.race([resolved, new Promise<void>((late) => clock.after(START_LOOKUP_MS, late))]);
    }
    this.#addresses = this.#addressesNow();
    void resolved.then(() => this.#checkAddresses());
  }

  /**
   * Starts checking every `CHECK_MS`.
   * @param known the addresses that the observer has
   */
  watch(observer: MachineObserver, known: MachineAddresses): void {
    this.#observer = observer;
    if (this.#addresses !== known) observer.addressesChanged(this.#addresses);
    this.#stopChecking = this.#deps.clock.every(CHECK_MS, () => this.#check(false));
  }

  /** Checks now, and reads the certificate even if its files look unchanged. */
  reload(): void {
    this.#nextLookupAt = 0;
    this.#check(true);
  }

  close(): void {
    this.#closed = true;
    this.#stopChecking();
    this.#observer = undefined;
  }

  problems(): RelayProblem[] {
    const problems: RelayProblem[] = [];
    const certificate = this.#files?.problem;
    if (certificate !== undefined) problems.push({ code: 'certificate', message: certificate });
    if (this.#names.unknown > 0) {
      const message = 'A host name in turnserver.conf has no address; see the log for the name.';
      problems.push({ code: 'host_name', message });
    }
    if (this.#fault !== undefined || this.#addresses.isolated) {
      const message = 'This machine has only loopback addresses, so nobody else can reach the relay.';
      problems.push({ code: 'no_network', message: this.#fault ?? message });
    }
    return problems;
  }

  #check(force: boolean): void {
    const renewed = this.#files?.check(force) ?? this.#server?.check();
    if (renewed !== undefined) this.#observer?.certificateRenewed(renewed);
    if (this.#names.size > 0 && !this.#names.isLooking && this.#isLookupDue())
      void this.#resolveNames().then(() => this.#checkAddresses());
    this.#checkAddresses();
  }

  #checkAddresses(): void {
    if (this.#closed) return;
    const now = this.#addressesNow();
    if (JSON.stringify(now) === JSON.stringify(this.#addresses)) return;
    const { log } = this.#deps;
    const { datagram, preferred, isolated } = now;
    log.info("this machine's addresses changed", { addresses: datagram, relayAddress: preferred });
    if (isolated) log.warn('this machine has only loopback addresses, so nobody else can reach the relay');
    this.#addresses = now;
    this.#observer?.addressesChanged(now);
  }

  #addressesNow(): MachineAddresses {
    const { conf, machine, log } = this.#deps;
    try {
      const found = machineAddresses(this.#names.applyTo(conf), machine.interfaces(), this.#addresses);
      this.#fault = undefined;
      return found;
    } catch (error) {
      if (this.#fault === undefined) log.error("this machine's addresses can't be read", { error });
      this.#fault = `This machine's addresses can't be read: ${messageOf(error)}`;
      return this.#addresses;
    }
  }

  #isLookupDue(): boolean {
    const now = this.#deps.clock.monotonic();
    if (this.#names.unknown === 0 && now < this.#nextLookupAt) return false;
    this.#nextLookupAt = now + LOOKUP_MS;
    return true;
  }

  async #resolveNames(): Promise<void> {
    const before = new Set(this.#names.failures.keys());
    await this.#names.resolve();
    for (const [name, error] of this.#names.failures) {
      if (before.has(name)) continue;
      this.#deps.log.error('a host name in turnserver.conf has no address; it will be looked up again', {
        name,
        reason: messageOf(error),
      });
    }
  }
}
