import type { DoctorReport } from '../../../client/admin.ts';
import { Icon } from '../../components/icon.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { Ago } from '../parts/ago.tsx';

type Line = DoctorReport['lines'][number];

/** What `parley doctor` found the last time: first what there is to do. */
export function DoctorCard({ doctor }: { doctor: DoctorReport | null }) {
  const words = useAdminMessages().overview;
  if (doctor === null) {
    return (
      <section class="admin-card admin-doctor" aria-labelledby="doctor-title">
        <h2 id="doctor-title">{words.doctor}</h2>
        <p class="soft">
          {words.doctorNever} <code>parley doctor</code>.
        </p>
      </section>
    );
  }
  const troubles = [...withStatus(doctor, 'fail'), ...withStatus(doctor, 'warn')];
  const others = [...withStatus(doctor, 'ok'), ...withStatus(doctor, 'skip')];
  return (
    <section class="admin-card admin-doctor" aria-labelledby="doctor-title">
      <h2 id="doctor-title">{words.doctor}</h2>
      <p class="soft">
        <Ago time={doctor.at} say={words.doctorIntro} />. {words.doctorRerun} <code>parley doctor</code>.
      </p>
      {troubles.length > 0 && <Lines lines={troubles} />}
      {others.length > 0 && (
        <details class="options">
          <summary>
            {troubles.length === 0 ? words.checks(others.length) : words.rest(others.length)}
            <Icon name="chevron" />
          </summary>
          <Lines lines={others} />
        </details>
      )}
    </section>
  );
}

function withStatus({ lines }: DoctorReport, status: Line['status']): readonly Line[] {
  return lines.filter((line) => line.status === status);
}

/** The doctor speaks English. */
function Lines({ lines }: { lines: readonly Line[] }) {
  const words = useAdminMessages().overview;
  return (
    <ul class="admin-doctor-lines">
      {lines.map(({ id, status, tried, result, todo }) => (
        <li key={id}>
          <span class="badge" data-tone={status}>
            {words.statuses[status]}
          </span>
          <div lang="en">
            <p class="place">{tried}</p>
            <p>{result}</p>
            {todo !== '' && <p class="todo">{todo}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
