import { admin, type ServerStatus } from '../../../client/admin.ts';
import { Icon } from '../../components/icon.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useMessages } from '../../i18n/messages.ts';
import { useAsk } from '../ask.ts';
import { type Actions, ActionsView, useActions } from '../parts/actions.tsx';
import { Ago } from '../parts/ago.tsx';
import { PolledView } from '../parts/polled-view.tsx';
import { SectionPage } from '../parts/section-page.tsx';
import { usePolled } from '../polled.ts';
import { concernsOf } from './attention.ts';
import { BackupCard, CertificateCard, RelayCard, VersionsCard } from './cards.tsx';
import { DoctorCard } from './doctor-card.tsx';

/** How the server is doing, and what needs attention. */
export function Overview() {
  const t = useAdminMessages();
  const ask = useAsk();
  const polled = usePolled(() => ask(admin.status));
  const actions = useActions();
  const backUp = () =>
    actions.run('backup', async () => {
      try {
        const { backup } = await ask(admin.backUp);
        return t.overview.backedUp(backup.file ?? '');
      } finally {
        void polled.refresh();
      }
    });
  return (
    <SectionPage section="overview" intro={t.overview.intro}>
      <PolledView polled={polled}>
        {(status) => <Report status={status} actions={actions} onBackUp={backUp} />}
      </PolledView>
    </SectionPage>
  );
}

interface ReportProps {
  readonly status: ServerStatus;
  readonly actions: Actions;
  readonly onBackUp: () => void;
}

function Report({ status, actions, onBackUp }: ReportProps) {
  return (
    <>
      <Verdict status={status} />
      <Figures status={status} />
      <ActionsView actions={actions} />
      <div class="admin-cards">
        <CertificateCard certificate={status.certificate} />
        <BackupCard backup={status.backup} busy={actions.busy.value === 'backup'} onBackUp={onBackUp} />
        <RelayCard relay={status.relay} />
        <VersionsCard status={status} />
      </div>
      <DoctorCard doctor={status.doctor} />
    </>
  );
}

function Verdict({ status }: { status: ServerStatus }) {
  const t = useAdminMessages();
  const words = t.overview;
  const concerns = concernsOf(status, Date.now(), t);
  if (concerns.length === 0) {
    return (
      <div class="admin-verdict" data-tone="ok" role="status">
        <Icon name="check" />
        <div>
          <p class="place">{words.fine}</p>
          <p class="soft">{words.fineText}</p>
        </div>
      </div>
    );
  }
  return (
    <section class="admin-concerns" aria-label={words.needs(concerns.length)}>
      <h2>{words.needs(concerns.length)}</h2>
      <ul>
        {concerns.map(({ id, tone, title, text, english }) => (
          <li key={id} class={`notice ${tone}`}>
            <Icon name="alert" />
            <div>
              <strong>{title}</strong>
              <span lang={english === true ? 'en' : undefined}>{text}</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Figures({ status: { sessions, rooms, startedAt } }: { status: ServerStatus }) {
  const words = useAdminMessages().overview;
  const { lang } = useMessages();
  return (
    <dl class="admin-figures">
      <div>
        <dt>{words.sessions}</dt>
        <dd>
          {(sessions.live + sessions.suspended).toLocaleString(lang)}
          <span class="soft">{words.suspended(sessions.suspended)}</span>
        </dd>
      </div>
      <div>
        <dt>{words.rooms}</dt>
        <dd>{rooms.toLocaleString(lang)}</dd>
      </div>
      <div>
        <dt>{words.up}</dt>
        <dd class="words">
          <Ago time={startedAt} say={words.since} />
        </dd>
      </div>
    </dl>
  );
}
