#!/usr/bin/env python3
"""Records what lxml makes of answers of identity providers and XPath expressions, as the hook of AWS connections asks it:
`etree.fromstring(content).xpath(xpath)`, a list of one unpacked. Needs a Python with lxml.

usage: PYTHON tools/recorders/record_lxml_xpath.py > fixtures/probe/lxml_xpath.jsonl
"""
import itertools
import json
import warnings

from lxml import etree

warnings.simplefilter("ignore")

FORM = "<INPUT TYPE='hidden' NAME='SAMLResponse' VALUE='PHNhbWw+'/>"
PAGES = [
    f"<HTML><BODY><FORM METHOD='post'>{FORM}<INPUT NAME='RelayState' VALUE='r'/></FORM></BODY></HTML>",
    '<!DOCTYPE html><html><body><form><input name="SAMLResponse" value="PHNhbWw+"/></form></body></html>',
    '<html xmlns="http://www.w3.org/1999/xhtml"><body><input name="SAMLResponse" value="PHNhbWw+"/></body></html>',
    f"<HTML><BODY>{FORM}{FORM}</BODY></HTML>",
    "<HTML><BODY><INPUT NAME='SAMLResponse' VALUE=''/></BODY></HTML>",
    "<Envelope><SAMLResponse>PHNh<![CDATA[bWw+]]></SAMLResponse><!-- c --></Envelope>",
    "<Envelope><SAMLResponse><a>x</a>\n y </SAMLResponse></Envelope>",
    "<html><body><input name=SAMLResponse></body></html>",
    "<html><body>&nbsp;</body></html>",
    "",
]
EXPRESSIONS = [
    "////INPUT[@NAME='SAMLResponse']/@VALUE",
    "//INPUT[@NAME='SAMLResponse']/@VALUE",
    "///INPUT[@NAME='SAMLResponse']/@VALUE",
    "(//INPUT[@NAME='SAMLResponse'])[1]/@VALUE",
    '//input[@name="SAMLResponse"]/@value',
    "//*[local-name()='input' and @name='SAMLResponse']/@value",
    "string(//input[@name='SAMLResponse']/@value)",
    "//INPUT[@NAME = 'SAMLResponse'][1]/@VALUE",
    "//INPUT[last()]/@VALUE",
    "//INPUT[position()=2]/@VALUE",
    "//INPUT[2]/attribute::VALUE",
    "/HTML/BODY/FORM/INPUT[@TYPE]/@VALUE",
    "BODY/descendant::INPUT/@VALUE",
    "HTML/BODY",
    "//INPUT",
    "//FORM",
    "//SAMLResponse/text()",
    "//SAMLResponse",
    "string(//SAMLResponse)",
    "normalize-space(//SAMLResponse)",
    "//SAMLResponse/../SAMLResponse/text()",
    "//comment()",
    "//INPUT/@VALUE | //SAMLResponse/text()",
    "//INPUT[contains(@NAME, 'SAML')]/@VALUE",
    "//INPUT[starts-with(@NAME, 'SAML') or @TYPE='text']/@VALUE",
    "//INPUT[not(@NAME='RelayState')]/@VALUE",
    "//@VALUE[../@NAME='SAMLResponse']",
    "//INPUT[@NAME!='RelayState']/@VALUE",
    "concat(//INPUT/@VALUE, 'x')",
    "count(//INPUT)",
    "//saml:Response",
    "'text'",
    "//INPUT[",
    "//INPUT[@NAME='SAMLResponse']/@VALUE/..",
    "substring(//INPUT/@VALUE, 1, 2)",
    "//INPUT[position() < 2]/@VALUE",
    "following::INPUT",
    "//*[@NAME='SAMLResponse']/@*",
]
#: What airconn says to be beyond it; everything else it must answer as lxml does.
BEYOND = {"//comment()", "//INPUT[", "substring(//INPUT/@VALUE, 1, 2)", "//INPUT[position() < 2]/@VALUE", "following::INPUT"}


def ask(xml: str, xpath: str) -> str:
    try:
        found = etree.fromstring(xml.encode()).xpath(xpath)
    except etree.XMLSyntaxError:
        return "XMLSyntaxError"
    except etree.XPathError:
        return "XPathEvalError"
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not found:
        return "nothing"
    if isinstance(found, list):
        return "several"
    return f"text {found}" if isinstance(found, str) else "no text"


for page, expression in itertools.product(PAGES, EXPRESSIONS):
    case = {"xml": page, "xpath": expression, "lxml": ask(page, expression)}
    if expression in BEYOND:
        case["beyond"] = True
    print(json.dumps(case, ensure_ascii=False))
