import { admin, type LimitItem } from '../../client/admin.ts';
import { type AdminMessages, useAdminMessages } from '../i18n/admin-messages.ts';
import { useAsk } from './ask.ts';
import { Ago } from './parts/ago.tsx';
import { Empty, PolledView } from './parts/polled-view.tsx';
import { SectionPage } from './parts/section-page.tsx';
import { usePolled } from './polled.ts';

/** Limits that clients ran into, the last ones first. */
export function Limits() {
  const words = useAdminMessages().limits;
  const ask = useAsk();
  const polled = usePolled(async () => (await ask(admin.limits)).items);
  return (
    <SectionPage section="limits" intro={words.intro}>
      <PolledView polled={polled} loading={words.loading}>
        {(items) => {
          const hit = hitOf(items);
          return hit.length === 0 ? (
            <Empty title={words.none} text={words.noneText} />
          ) : (
            <ul class="admin-list">
              {hit.map(({ limit, count, lastAt }) => (
                <li key={limit}>
                  <div>
                    <p class="place">
                      <code>{limit}</code>
                    </p>
                    <p>{meaningOf(limit, words)}</p>
                  </div>
                  <p class="when">
                    <strong>{words.times(count)}</strong>
                    {lastAt !== null && (
                      <span class="soft">
                        <Ago time={lastAt} say={words.last} />
                      </span>
                    )}
                  </p>
                </li>
              ))}
            </ul>
          );
        }}
      </PolledView>
    </SectionPage>
  );
}

function hitOf(items: readonly LimitItem[]): readonly LimitItem[] {
  return items
    .filter(({ count }) => count > 0)
    .sort((a, b) => (b.lastAt ?? '').localeCompare(a.lastAt ?? ''));
}

/** What a limit is about; '' for one of a later server. */
function meaningOf(limit: string, { names }: AdminMessages['limits']): string {
  return new Map(Object.entries(names)).get(limit) ?? '';
}
