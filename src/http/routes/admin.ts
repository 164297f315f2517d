import type { BackupStatus } from '../../backup/backups.ts';
import { isoTime } from '../../lib/iso-time.ts';
import type { BackupReport, CertificateReport, ServerStatus } from '../../protocol/admin-bodies.ts';
import type { CertificateStatus } from '../../tls/certificate.ts';
import type { HttpDeps } from '../server/deps.ts';
import type { Handlers } from '../server/request-context.ts';

type AdminDeps = Pick<
  HttpDeps,
  | 'accounts'
  | 'liveList'
  | 'webhooks'
  | 'server'
  | 'stats'
  | 'certificate'
  | 'backup'
  | 'backupNow'
  | 'hasRelay'
  | 'relayProblems'
  | 'limitHits'
>;

/** What admins see of the server, and do to it [AD1]. */
export function adminRoutes(deps: AdminDeps) {
  const { liveList, webhooks, server, stats, limitHits } = deps;
  const { keys } = deps.accounts;

  async function status(): Promise<ServerStatus> {
    const { live, suspended, rooms } = stats().hub;
    return {
      ...server.version(),
      startedAt: isoTime(server.startedAt),
      sessions: { live, suspended },
      rooms,
      certificate: describeCertificate(deps.certificate()),
      backup: describeBackup(deps.backup()),
      relay: describeRelay(deps),
      doctor: await server.doctor(),
    };
  }

  return {
    getServerStatus: async (context) => context.reply(await status()),
    listLiveRooms: async (context) => context.reply(await liveList.page(context.query())),
    listDeliveries: async (context) => context.reply(await webhooks.page(context.query())),
    async resendEvent(context) {
      return context.reply({ endpoints: await webhooks.resend(context.param('id')) });
    },
    async resumeWebhooks(context) {
      return context.reply({ endpoints: await webhooks.resume() });
    },
    listLimits(context) {
      context.query();
      const items = limitHits
        .list()
        .flatMap(({ limit, count, lastAt }) =>
          lastAt === null ? [] : { limit, count, lastAt: isoTime(lastAt) },
        );
      return context.reply({ items, nextCursor: null });
    },
    async listKeys(context) {
      context.query();
      return context.reply({ items: await keys.list(), nextCursor: null });
    },
    async rotateKeys(context) {
      const key = await keys.rotate();
      context.note({ kid: key.kid });
      return context.reply({ key });
    },
    async createBackup(context) {
      const backup = describeBackup(await deps.backupNow());
      context.note({ file: backup.file });
      return context.reply({ backup });
    },
  } satisfies Partial<Handlers>;
}

function describeCertificate({ kind, names, expiresAt, lastError }: CertificateStatus): CertificateReport {
  return { kind, names: [...names], expiresAt: isoOrNull(expiresAt), lastError: lastError ?? null };
}

function describeBackup({ lastAt, nextAt, ...backup }: BackupStatus): BackupReport {
  return { ...backup, lastAt: isoOrNull(lastAt), nextAt: isoOrNull(nextAt) };
}

function describeRelay({
  hasRelay,
  relayProblems = () => [],
}: Pick<AdminDeps, 'hasRelay' | 'relayProblems'>): ServerStatus['relay'] {
  const problems = [...relayProblems()];
  if (!hasRelay) return { status: 'off', problems };
  return { status: problems.length === 0 ? 'ready' : 'degraded', problems };
}

function isoOrNull(time: number | null | undefined): string | null {
  return typeof time === 'number' ? isoTime(time) : null;
}
