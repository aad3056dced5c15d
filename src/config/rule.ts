import type { GivenTexts, SettingName, SettingValues } from './settings.ts';

/** What a rule looks at. */
export interface Situation {
  values: SettingValues;
  given: GivenTexts;
}

/** Something that variables must keep among themselves or in one mode. */
export interface Rule {
  /** The variable to change when the rule is broken. */
  variable: SettingName;
  isBroken(situation: Situation): boolean;
  /** Completes "expected …". */
  expected: string;
}
