import { describe, expect, it } from "vitest";
import { COLUMNS, sitesOf } from "../../src/cli/from-csv/sites.ts";
import { program } from "./program.ts";

const HEAD = COLUMNS.join(",");
const ROW = "Shop,Acme,1 Main St,,Denver,CO,80202,US,+13035550100";

const faults = (...lines: readonly string[]): readonly string[] => sitesOf(lines.join("\n")).faults;

describe("from-csv", () => {
  it("makes one address of each site and a binding of each number, which the program itself can plan", async () => {
    const { code, stdout, stderr } = await program(["from-csv", "examples/sites.csv"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "2 sites with 3 numbers\n" });
    expect(stdout.match(/kind: EmergencyAddress/g)).toHaveLength(2);
    expect(stdout.match(/kind: PhoneNumberBinding/g)).toHaveLength(3);
    const checked = await program(["plan", "-f", "-"], { input: stdout });
    expect(checked.stderr).toContain('names the TwilioAccount "default", which no manifest gives');
  });

  it("takes semicolons, a byte order mark, quotes and numbers as people write them", () => {
    const text = `\uFEFF${HEAD.replaceAll(",", ";")}\r\n"Shop; North";Acme;"1 ""Main"" St";;Denver;CO;80202;US;+1 (303) 555-0100\r\n`;
    const { sites, faults: found } = sitesOf(text);
    expect(found).toEqual([]);
    expect(sites).toMatchObject([
      { name: "shop-north", spec: { street: '1 "Main" St' }, numbers: [{ phoneNumber: "+13035550100" }] },
    ]);
  });

  it.each([
    ["+44 (0)20 7946 0120", "+442079460120"],
    ["+44(0)2079460120", "+442079460120"],
    ["+44 ( 0 ) 20 7946 0120", "+442079460120"],
    ["+1 (303) 555-0100", "+13035550100"],
    ["+1 303.555.0100", "+13035550100"],
  ])("takes %s for %s", (written, phoneNumber) => {
    expect(sitesOf([HEAD, ROW.replace("+13035550100", written)].join("\n"))).toMatchObject({
      sites: [{ numbers: [{ phoneNumber }] }],
      faults: [],
    });
  });

  it("gives sites whose names look alike names of their own", () => {
    const { sites } = sitesOf([HEAD, ROW, ROW.replace("Shop", "SHOP!").replace("0100", "0101")].join("\n"));
    expect(sites.map(({ name }) => name)).toEqual(["shop", "shop-2"]);
  });

  it.each([
    ["no header", [ROW], "line 1: the header lacks site"],
    ["a column that is missing", [HEAD.replace("city,", ""), ROW], "line 1: the header lacks city"],
    [
      "a column that is there twice",
      [`${HEAD},phoneNumber`, `${ROW},+13035550101`],
      "line 1: the header has phoneNumber twice",
    ],
    ["nothing but a header", [HEAD], "line 1: there is no row"],
    ["no site", [HEAD, ROW.replace("Shop", "")], "line 2: site needs a name"],
    ["a number without +", [HEAD, ROW.replace("+1", "1")], "line 2: phoneNumber"],
    ["a number twice", [HEAD, ROW, ROW], "line 3: phoneNumber +13035550100 stands in line 2 already"],
    [
      "a ZIP code that is none",
      [HEAD, ROW.replace("80202", "8020")],
      "line 2: postalCode must be a ZIP code",
    ],
    ["no street", [HEAD, ROW.replace("1 Main St", "")], "line 2: street is required"],
    ["another country", [HEAD, ROW.replace(",US,", ",DE,")], "line 2: isoCountry must be one of US, CA, GB"],
    [
      "a customer with &",
      [HEAD, ROW.replace("Acme", "A & B")],
      "line 2: customerName: customerName must not contain",
    ],
    [
      "two addresses for one site",
      [HEAD, ROW, ROW.replace("1 Main", "2 Main").replace("0100", "0101")],
      'line 3: street of site "Shop" is "2 Main St" here and "1 Main St" in line 2',
    ],
    ["too few fields", [HEAD, "Shop,Acme"], "line 2"],
    ["a quote that is not closed", [HEAD, `"${ROW}`], "line 2"],
  ] as const)("tells the line of %s", (_, lines, says) => {
    expect(faults(...lines).join("\n")).toContain(says);
  });

  it("prints no manifest when a line is at fault", async () => {
    const { code, stdout, stderr } = await program(["from-csv", "-"], { input: `${HEAD}\n${ROW}\n${ROW}\n` });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("-: line 3: phoneNumber +13035550100 stands in line 2 already\n");
  });

  it.each([
    ["from-csv", "--namespace", "Sites", "a namespace is lower-case letters, digits and -"],
    ["from-csv", "--namespace", "a.b", "a namespace is lower-case letters, digits and -"],
    ["from-csv", "--account-name", "a b", "a name is lower-case letters, digits, - and ."],
    ["import", "--namespace", "sites #1", "a namespace is lower-case letters, digits and -"],
    ["import", "--account-name", "", "a name is lower-case letters, digits, - and ."],
    ["import", "--secret", "Creds", "a name is lower-case letters, digits, - and ."],
  ])("%s refuses %s %j, which no object can have", async (command, flag, value, says) => {
    const file = command === "from-csv" ? ["examples/sites.csv"] : [];
    const { code, stdout, stderr } = await program([command, ...file, flag, value]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
  });
});
