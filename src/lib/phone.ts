/** Of which country a phone number is. */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** The countries whose numbers Twilio registers an emergency address for. */
export type EmergencyCountry = "US" | "CA" | "GB";

/**
 * What the numbering plan (libphonenumber metadata) says of an E.164 number and a country: `yes`, `no`, or `unknown`
 * where it cannot tell (toll-free numbers of the North American plan are called US there but serve both).
 */
export function isNumberOf(country: EmergencyCountry, phoneNumber: string): "yes" | "no" | "unknown" {
  const parsed = parsePhoneNumberFromString(phoneNumber);
  if (parsed === undefined) return "unknown";
  if (parsed.countryCallingCode === "1" && parsed.getType() === "TOLL_FREE") {
    return country === "GB" ? "no" : "unknown";
  }
  if (parsed.country === undefined) {
    const code = country === "GB" ? "44" : "1";
    return parsed.countryCallingCode === code ? "unknown" : "no";
  }
  return parsed.country === country ? "yes" : "no";
}
