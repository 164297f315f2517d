import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { BackupReport, CertificateReport, ServerStatus } from '../../../client/admin.ts';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useMessages } from '../../i18n/messages.ts';
import { Ago } from '../parts/ago.tsx';
import { daysUntil } from '../times.ts';

interface CardProps {
  readonly title: string;
  /** What is known, as `[name, value]`. */
  readonly facts: readonly (readonly [string, ComponentChildren])[];
  readonly children?: ComponentChildren;
}

function Card({ title, facts, children }: CardProps) {
  const id = useId();
  return (
    <section class="admin-card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </section>
  );
}

/** What the server said, which speaks English. */
function ErrorText({ text }: { text: string }) {
  return (
    <span class="admin-error" lang="en">
      {text}
    </span>
  );
}

export function CertificateCard({ certificate }: { certificate: CertificateReport }) {
  const words = useAdminMessages().overview;
  const { kind, names, expiresAt, lastError } = certificate;
  const days = expiresAt === null ? 0 : daysUntil(expiresAt, Date.now());
  return (
    <Card
      title={words.certificate}
      facts={[
        [words.kind, words.certificates[kind]],
        ...(names.length === 0 ? [] : ([[words.names, names.join(', ')]] as const)),
        ...(expiresAt === null
          ? []
          : ([
              [
                words.expires,
                <Ago key="" time={expiresAt} say={(when) => (days > 1 ? words.daysLeft(days) : when)} />,
              ],
            ] as const)),
        ...(lastError === null ? [] : ([[words.lastError, <ErrorText key="" text={lastError} />]] as const)),
      ]}
    />
  );
}

interface BackupCardProps {
  readonly backup: BackupReport;
  readonly busy: boolean;
  readonly onBackUp: () => void;
}

export function BackupCard({ backup, busy, onBackUp }: BackupCardProps) {
  const words = useAdminMessages().overview;
  const { lang } = useMessages();
  const { lastAt, file, bytes, nextAt, lastError } = backup;
  return (
    <Card
      title={words.backup}
      facts={[
        [words.last, lastAt === null ? words.never : <Ago key="" time={lastAt} />],
        [words.next, nextAt === null ? words.notPlanned : <Ago key="" time={nextAt} />],
        ...(file === null
          ? []
          : ([
              [words.file, [file, bytes === null ? '' : sizeText(bytes, lang)].filter(Boolean).join(' · ')],
            ] as const)),
        ...(lastError === null ? [] : ([[words.lastError, <ErrorText key="" text={lastError} />]] as const)),
      ]}
    >
      <button type="button" class="button small quiet" aria-disabled={busy} onClick={onBackUp}>
        {busy && <span class="spinner" />}
        {busy ? words.backingUp : words.backUp}
      </button>
    </Card>
  );
}

/** Kilobytes, or megabytes from the first one on. */
function sizeText(bytes: number, lang: string): string {
  const inMegabytes = bytes >= 1_000_000;
  return new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: inMegabytes ? 'megabyte' : 'kilobyte',
    maximumFractionDigits: inMegabytes ? 1 : 0,
  }).format(bytes / (inMegabytes ? 1_000_000 : 1_000));
}

export function RelayCard({ relay: { status, problems } }: Pick<ServerStatus, 'relay'>) {
  const words = useAdminMessages().overview;
  return (
    <Card
      title={words.relay}
      facts={[
        [words.state, words.relays[status]],
        ...problems.map(({ code, message }) => [code, <ErrorText key="" text={message} />] as const),
      ]}
    >
      {status === 'off' && <p class="soft">{words.relayOffText}</p>}
    </Card>
  );
}

export function VersionsCard({ status: { version, commit, versions } }: { status: ServerStatus }) {
  const words = useAdminMessages().overview;
  return (
    <Card
      title={words.versions}
      facts={[
        ['Parley', version],
        [words.commit, <code key="">{commit.slice(0, 12)}</code>],
        ['Node.js', versions.node],
        ['uWebSockets.js', versions.uWebSockets],
        ['SQLite', versions.sqlite],
        ['koffi', versions.koffi],
      ]}
    />
  );
}
