const status = document.querySelector('[role="status"]');
const wayOn = document.querySelector('#way-on');
let token = null;

/** Says how it went, and shows the form of this id or none. */
export function show(text, { outcome, form } = {}) {
  status.textContent = text;
  status.toggleAttribute('data-outcome', outcome !== undefined);
  if (outcome) status.dataset.outcome = outcome;
  for (const each of document.forms) {
    each.hidden = each.id !== form;
    each.querySelector('button:not([type])').disabled = false;
    const field = each.querySelector('input:not([hidden])');
    if (field) field.ariaInvalid = String(outcome === 'bad' && each.id === form);
  }
  if (wayOn) wayOn.hidden = outcome !== 'good';
}

const commonReasons = {
  CONSUMED: 'This link was used already, or a newer one took its place.',
  EXPIRED: 'This link has expired.',
  UNKNOWN: 'This link is not valid. Is it the whole link from the mail?',
  REVOKED: 'This link does not hold any more: the account has changed, or may not be used now.',
};

/** Says why it did not work; what may be tried again keeps its form. */
export function showRefusal(result, { form, reasons, formWithoutLink }) {
  switch (result?.__typename) {
    case 'InvalidTokenError': {
      // A server may have reasons that are newer than a page that is open.
      const text = { ...commonReasons, ...reasons }[result.reason] ?? 'This link does not work.';
      return show(text, { outcome: 'bad', form: formWithoutLink });
    }
    case 'ValidationError':
      return show(result.issues.map(({ message }) => message).join('\n'), { outcome: 'bad', form });
    case 'RateLimitedError':
      return show(`Too many attempts. Please wait ${inWords(result.retryAfterSeconds)}.`, {
        outcome: 'bad',
        form,
      });
    default:
      return show('That did not work. Please try again.', { outcome: 'bad', form });
  }
}

const units = [
  { unit: 'hour', lasts: 3600 },
  { unit: 'minute', lasts: 60 },
  { unit: 'second', lasts: 1 },
];

/** Says a duration in the greatest unit that it fills, rounded up. */
function inWords(seconds) {
  // What would round up to 60 of a unit is told in the next one.
  const { unit, lasts } = units.find(({ lasts }) => seconds > lasts - lasts / 60) ?? units[2];
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.ceil(seconds / lasts),
  );
}

/** Sends an operation as a stranger, or with the access token alone: never with cookies. */
export async function call(query, variables, accessToken) {
  const response = await fetch('/graphql', {
    method: 'POST',
    credentials: 'omit',
    headers: {
      'content-type': 'application/json',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data } = await response.json();
  return data;
}

/** Does the task when a form is sent, with the token of the link and what was typed. */
export function onSubmit(form, task) {
  document.forms[form].addEventListener('submit', async (event) => {
    event.preventDefault();
    event.target.querySelector('button:not([type])').disabled = true;
    const typed = Object.fromEntries(new FormData(event.target));
    await task({ token, ...typed }).catch(() => {
      show('The server cannot be reached. Please try again.', { outcome: 'bad', form });
    });
  });
}

/**
 * Takes the token out of the link and calls with it, null if there is none. Nothing is sent until a
 * button is pressed: mail scanners open links, but press no buttons.
 */
export function onLink(open) {
  const readLink = () => {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given !== null) {
      token = given;
      // Keeps it out of the history and of what the person may copy and share.
      history.replaceState(null, '', location.pathname);
    }
    open(token);
  };
  // Another link that is opened in the same tab changes nothing but what comes after the `#`.
  addEventListener('hashchange', readLink);
  readLink();
}

/** Shows the form where the link is whole enough to try. */
export function showForLink(form) {
  onLink((given) => {
    if (given !== null) show('', { form });
    else show('Please open this page by the link in the mail.', { outcome: 'bad' });
  });
}
