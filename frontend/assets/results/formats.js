// How numbers are written for people, by the formats that Python declares.

const UNITS = ["bytes", "KB", "MB", "GB"];

export function sizeText(bytes) {
  const unit = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const number = bytes / 1000 ** unit;
  return `${number.toFixed(unit && number < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

export const FORMATS = {
  text: String,
  integer: (value) => Math.round(value).toLocaleString("en"),
  percent: (value) => `${(100 * value).toFixed(1)} %`,
  percentage: (value) => `${Number(value.toFixed(2))} %`,
  number: (value) => value.toFixed(3).replace("-", "−"),
  times: (value) => `${value < 100 ? value.toFixed(value < 10 ? 2 : 1) : Math.round(value)}×`,
  milliseconds: (value) => `${value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1)} ms`,
  bytes: sizeText,
  points: (value) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(1)} points`,
};
