/** What somebody used, in names from our own lists. */
export interface Device {
  browser: string | null;
  system: string | null;
}

// In this order: most browsers also claim to be the ones further down.
const browsers: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac ?OS\b/i, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * Tells browser and system by what a client calls itself; null when neither is known. Nothing of the
 * text itself is passed on: whoever asks for a mail to a stranger's address writes it.
 */
export function describeDevice(userAgent: string | null): Device | null {
  if (userAgent === null) return null;
  const nameIn = (names: [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  const device = { browser: nameIn(browsers), system: nameIn(systems) };
  return device.browser === null && device.system === null ? null : device;
}
