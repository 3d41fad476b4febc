import { expect, test } from "vitest";
import { PERSONAL_DATA_TERMS } from "../../policy/personal-data";
import { namesTerm } from "../../policy/words";

const forbidden = (name: string) => PERSONAL_DATA_TERMS.some((term) => namesTerm(name, term));

test.each([
  ...["SSN", "customerSSN", "CUSTOMER_SSN", "Customer E-Mail", "emails", "EmailAddress", "BirthDate", "birthdate"],
  ...["Date of Birth", "Geburtsdatum", "Straße", "Téléphone", "PHONE2", "IBAN No", "Social-Security-Number"],
  ...["First Name", "Bank Account Number", "Bankverbindung"],
])("the default terms find %j", (name) => expect(forbidden(name)).toBe(true));

test.each([
  ...["Classname", "Class Name", "Order ID", "Customer Name", "Region", "Sales", "Micropheromone", "Emailed", "Sting"],
  ...["Streetcar", "Product Name", "Continent", "Ship Mode", "Tin Price", "BIC Pens Sold", "Nie Bestellt", "Class"],
  ...["Fax Machines", "GL Account Number", "Mobile Sessions", "Mail Volume", "Card Type", "Birth Rate", "Tax Rate"],
])("the default terms pass %j", (name) => expect(forbidden(name)).toBe(false));

test.each(["Email Campaign ID", "Phone Model", "Street Value", "Gender"])(
  "%j may be about a person or a thing, so the default terms find it",
  (name) => expect(forbidden(name)).toBe(true),
);
