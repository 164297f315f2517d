import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { AccountCorner } from '../../components/account-corner.tsx';
import { Link } from '../../components/link.tsx';
import { Logo } from '../../components/logo.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { usePage } from '../../page-context.ts';
import { ADMIN_SECTIONS, type AdminSection, HOME } from '../../routes.ts';
import { useViewHeading } from '../../use-view-heading.ts';

interface SectionPageProps {
  readonly section: AdminSection;
  /** Default: the section's name. */
  readonly headline?: string;
  readonly intro?: string;
  /** Beside the heading. */
  readonly action?: ComponentChildren;
  /** Above the heading. */
  readonly above?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of a section: the header, the way to the others, and its heading. */
export function SectionPage({ section, headline, intro, action, above, children }: SectionPageProps) {
  const t = useAdminMessages();
  const { navigation } = usePage();
  const name = headline ?? t.sections[section];
  const heading = useViewHeading<HTMLHeadingElement>(t.title(name));
  return (
    <div class="admin-page">
      <header class="bar">
        <Logo onClick={() => navigation.go(HOME)} />
        <AccountCorner />
      </header>
      <div class="admin-body">
        <SectionLinks at={section} />
        <main>
          {above}
          <div class="intro">
            <div>
              <h1 ref={heading} tabIndex={-1}>
                {name}
              </h1>
              {intro !== undefined && <p class="soft">{intro}</p>}
            </div>
            {action}
          </div>
          {children}
        </main>
      </div>
    </div>
  );
}

/** On a phone, a strip that scrolls sideways. */
function SectionLinks({ at }: { at: AdminSection }) {
  const t = useAdminMessages();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const strip = list.current;
    const link = strip?.querySelector('[aria-current=page]');
    if (!(link instanceof HTMLElement) || strip === null) return;
    // Not scrollIntoView: it would scroll the page too.
    strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.clientWidth) / 2;
  }, [at]);
  return (
    <nav class="admin-nav" aria-label={t.label}>
      <ul ref={list}>
        {ADMIN_SECTIONS.map((section) => (
          <li key={section}>
            <Link to={{ at: 'admin', section }} current={section === at}>
              {t.sections[section]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
