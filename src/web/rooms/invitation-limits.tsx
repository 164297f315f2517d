import { SelectField } from '../components/select-field.tsx';
import { useMessages } from '../i18n/messages.ts';
import { type InvitationValues, LASTINGS, USES } from './invitation-values.ts';

/** How often an invitation can be used, and for how long. */
export type InvitationLimitValues = Pick<InvitationValues, 'uses' | 'lasting'>;

interface InvitationLimitsProps {
  readonly values: InvitationLimitValues;
  /** What the number of uses is called. */
  readonly usesLabel: string;
  readonly onChange: (change: Partial<InvitationLimitValues>) => void;
}

/** The fields that every kind of invitation has. */
export function InvitationLimits({ values, usesLabel, onChange }: InvitationLimitsProps) {
  const words = useMessages().rooms.invitations;
  return (
    <>
      <SelectField
        label={usesLabel}
        name="uses"
        value={values.uses}
        choices={USES.map((uses) => [uses, uses === 'any' ? words.anyUses : uses])}
        onChange={(uses) => onChange({ uses })}
      />
      <SelectField
        label={words.lasting}
        name="lasting"
        value={values.lasting}
        choices={LASTINGS.map((lasting) => [lasting, words.lastings[lasting]])}
        onChange={(lasting) => onChange({ lasting })}
      />
    </>
  );
}
