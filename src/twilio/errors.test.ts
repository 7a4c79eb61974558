import { describe, expect, it } from "vitest";
import { failureOf, isRefusal, noAnswer, suggestionIn } from "./errors.ts";
import type { HttpResponse } from "./http.ts";

function answer(
  statusCode: number,
  body: object | string = {},
  headers: HttpResponse["headers"] = {},
): HttpResponse {
  return { statusCode, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}

describe("the table of failures", () => {
  it.each([
    ["429", answer(429), "throttled"],
    ["20429 with any 4xx", answer(400, { code: 20429 }), "throttled"],
    ["401", answer(401, { code: 20003 }), "unauthorized"],
    ["403", answer(403, { code: 20003 }), "forbidden"],
    ["404", answer(404, { code: 20404 }), "notFound"],
    ["409", answer(409, { code: 21000 }), "busy"],
    ["20409 with any 4xx", answer(400, { code: 20409 }), "busy"],
    ["20162 with any 4xx", answer(400, { code: 20162 }), "busy"],
    ["another 4xx", answer(400, { code: 21617 }), "rejected"],
    ["a 4xx without a body", answer(422, ""), "rejected"],
    ["500", answer(500), "unknown"],
    ["503 with a code", answer(503, { code: 20409 }), "unknown"],
    ["a redirect", answer(302), "unknown"],
  ])("calls %s by one name", (_, response, kind) => {
    expect(failureOf(response).kind).toBe(kind);
  });

  it.each([
    ["401", answer(401), true],
    ["403", answer(403), true],
    ["404", answer(404), false],
    ["429", answer(429), false],
    ["500", answer(500), false],
  ])("tells whether %s refuses the credentials", (_, response, refusal) => {
    expect(isRefusal(failureOf(response))).toBe(refusal);
  });

  it("does not know what became of a request whose answer cannot be read, or never came", () => {
    expect(failureOf(answer(200, "<html>"), true).kind).toBe("unknown");
    expect(failureOf(answer(429, "{"), true).kind).toBe("unknown");
    expect(noAnswer("socket hang up")).toMatchObject({
      kind: "unknown",
      message: "No answer from Twilio: socket hang up",
    });
  });

  it("keeps what a person needs: code, message, more info and the request's id", () => {
    const body = {
      code: 21617,
      message: "Not this one",
      more_info: "https://www.twilio.com/docs/errors/21617",
    };
    expect(failureOf(answer(400, body, { "twilio-request-id": "RQ1" }))).toEqual({
      kind: "rejected",
      code: 21617,
      message: "Not this one",
      moreInfo: body.more_info,
      httpStatus: 400,
      requestId: "RQ1",
    });
  });

  it("invents nothing that Twilio did not say, nor said in another form", () => {
    const failure = { kind: "rejected", httpStatus: 400, message: "HTTP 400 without a readable body" };
    for (const body of [{}, { code: "21617", message: 5, more_info: null }, '"text"', "7", "true"])
      expect(failureOf(answer(400, body))).toStrictEqual(failure);
  });

  it("reads Retry-After in seconds, and nothing else", () => {
    expect(failureOf(answer(429, {}, { "retry-after": "3" }))).toMatchObject({ retryAfterMs: 3_000 });
    for (const text of ["", "0", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
      expect(failureOf(answer(429, {}, { "retry-after": text }))).not.toHaveProperty("retryAfterMs");
  });

  it.each([
    ["detail", { detail: "Said otherwise" }, "Said otherwise"],
    ["title", { title: "A title" }, "A title"],
    ["no text", { code: 1 }, "HTTP 400 without a readable body"],
    ["an array", "[]", "HTTP 400 without a readable body"],
    ["null", "null", "HTTP 400 without a readable body"],
  ])("finds a message in a body with %s", (_, body, message) => {
    expect(failureOf(answer(400, body)).message).toBe(message);
  });
});

describe("the suggestion of error 21629", () => {
  const before = "Failed to validate address. Check the suggested address. | ";

  it("is read into the names of the spec", () => {
    const list =
      "FriendlyName: te-1, CustomerName: Acme, Street: 645 HARRISON ST, StreetSecondary: FL 3, Locality: SAN FRANCISCO, Region: CA, PostalCode: 94107, IsoCountry: US";
    expect(suggestionIn(before + list)).toEqual({
      customerName: "Acme",
      street: "645 HARRISON ST",
      streetSecondary: "FL 3",
      city: "SAN FRANCISCO",
      region: "CA",
      postalCode: "94107",
      isoCountry: "US",
    });
  });

  it("keeps commas and colons inside a value", () => {
    const list = "CustomerName: Smith, Jones: Partners, Street: 1 Main St, Suite 5, City: DENVER";
    expect(suggestionIn(before + list)).toEqual({
      customerName: "Smith, Jones: Partners",
      street: "1 Main St, Suite 5",
      city: "DENVER",
    });
  });

  it("is absent where there is none", () => {
    expect(suggestionIn("Address could not be validated")).toBeUndefined();
    expect(suggestionIn(`${before}no list at all`)).toBeUndefined();
    expect(failureOf(answer(400, { code: 21628, message: "no" }))).not.toHaveProperty("suggestion");
  });
});
