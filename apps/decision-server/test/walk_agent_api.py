"""Walks the routes of the agent's API as a program in another language does. Arguments: address, SDK key."""
import sys

import requests

base, sdk_key = sys.argv[1:3]
session = requests.Session()
session.headers["X-Optimizely-SDK-Key"] = sdk_key


def post(path, body, status=200, **parameters):
    answer = session.post(base + path, json=body, params=parameters)
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


user = {"userId": "qa-robot", "userAttributes": {"plan": "gold"}}

config = session.get(base + "/v1/config").json()
assert "checkout" in config["featuresMap"], config
assert session.get(base + "/v1/datafile").json()["revision"] == config["revision"]

decision = post("/v1/decide", user, keys="checkout")
assert decision["variationKey"] == "express" and decision["enabled"] is True, decision
assert decision["userContext"] == {"userId": "qa-robot", "attributes": {"plan": "gold"}}, decision
several = post("/v1/decide", user, keys=["checkout", "gift_wrap"])
assert sorted(row["flagKey"] for row in several) == ["checkout", "gift_wrap"], several
assert len(post("/v1/decide", user)) == len(config["featuresMap"])
assert post("/v1/decide", {}, status=400)["error"] == 'missing "userId" in request payload'

activated = post("/v1/activate", user, type="feature", disableTracking="true")
assert {row["type"] for row in activated} == {"feature"}, activated
experiment = post("/v1/activate", user, experimentKey="checkout_redesign")[0]
assert experiment["variationKey"] == "express" and experiment["type"] == "experiment", experiment

assert post("/v1/track", user, eventKey="purchase") == {"userId": "qa-robot", "eventKey": "purchase", "error": ""}

post("/v1/override", {"userId": "ada", "experimentKey": "checkout_redesign", "variationKey": "one_page"})
assert post("/v1/decide", {"userId": "ada"}, keys="checkout")["variationKey"] == "one_page"

batch = post(
    "/v1/batch",
    {
        "operations": [
            {"method": "POST", "url": "/v1/decide", "operationID": "1", "body": user, "parameters": {"keys": "checkout"}},
            {"method": "GET", "url": "/v1/config", "operationID": "2"},
        ]
    },
)
assert batch["errorCount"] == 0 and batch["response"][0]["body"]["variationKey"] == "express", batch

refused = session.get(base + "/v1/config", headers={"X-Optimizely-SDK-Key": "other"})
assert refused.status_code == 403, refused.text
print("all routes answered")
